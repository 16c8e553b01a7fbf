//! What is known of an event by later ones: from when on its changes stand, and what is in what it stores.

use super::{Scene, Shape, Stands};
use onceproof_kernel::layout::ShardIndex;
use onceproof_kernel::sorted::SortedMap;
use onceproof_kernel::time::Nanos;
use std::collections::BTreeMap;

/// Finds out from when on each change stands.
pub(super) fn settle(scenes: &mut [Scene]) {
    let mut open: BTreeMap<(ShardIndex, u64), Vec<(usize, usize)>> = BTreeMap::new();
    for at in 0..scenes.len() {
        let scene = &scenes[at];
        let Some(shard) = scene.shard.filter(|_| !scene.is_vain) else { continue };
        let ends = scene.ends.clone();
        for (number, gain) in scene.gains.iter().enumerate() {
            if let Stands::Open(of) = gain.stands {
                open.entry((shard, of)).or_default().push((at, number));
            }
        }
        for end in ends {
            let stands = if end.stands { Stands::Since(at) } else { Stands::Undone(at) };
            for (at, number) in open.remove(&(shard, end.of)).unwrap_or_default() {
                scenes[at].gains[number].stands = stands;
            }
        }
    }
}

/// Finds out which records are in what is stored by a message: those that its sender has added in the same moment.
pub(super) fn store(scenes: &mut [Scene], message: &str) {
    let mut added: SortedMap<ShardIndex, (Nanos, Vec<u64>)> = SortedMap::new();
    let mut stored: BTreeMap<String, Vec<u64>> = BTreeMap::new();
    let is_it =
        |name: Option<&String>| name.is_some_and(|name| name.split('#').next() == Some(message));
    for scene in scenes {
        let Some(shard) = scene.shard else { continue };
        let name = scene.topic.as_ref().map(|topic| &topic.name);
        match scene.shape {
            _ if scene.takes.is_some() => {
                let (at, roots) = added.or_default(shard);
                if *at != scene.at {
                    (*at, *roots) = (scene.at, Vec::new());
                }
                roots.extend(&scene.roots);
            }
            Shape::Send if is_it(name) && !scene.is_again => {
                let added = added.remove(&shard).filter(|(at, _)| *at == scene.at);
                if let (Some((_, roots)), Some(name)) = (added, name) {
                    stored.insert(name.clone(), roots);
                }
            }
            Shape::Apply => {
                let roots = name.and_then(|name| stored.get(name));
                scene.roots.extend(roots.into_iter().flatten());
                scene.roots.sort_unstable();
                scene.roots.dedup();
            }
            _ => {}
        }
    }
}
