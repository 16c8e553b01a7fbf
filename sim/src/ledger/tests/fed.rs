//! A ledger that is fed by hand.

use super::*;

/// A ledger, and what it needs to be fed and asked.
pub(super) struct Fed {
    pub design: Design,
    pub plan: Plan,
    pub sources: Sources,
    pub words: Vocabulary,
    pub ledger: Ledger,
}

/// Window content that was read.
#[derive(Clone, Copy)]
pub(super) struct Span {
    pub head: u32,
    pub floor: u32,
    pub weight: i64,
    pub value: i64,
}

impl Fed {
    /// A chain of steps, each with one shard, that reads rows of key and event time in seconds. Maps give a record up
    /// at once.
    pub fn new(watermark: Progress, kinds: Vec<StepKind>, rows: &[(&str, i64)]) -> Fed {
        let kinds = [StepKind::Source { watermark, queue: None }].into_iter().chain(kinds);
        let step = |(at, kind): (usize, StepKind)| Step {
            name: format!("step-{at}"),
            from: at.checked_sub(1).map(|from| StepIndex(from as u16)).into_iter().collect(),
            shards: 1,
            failing: Failing {
                dead_letter_after: matches!(kind, StepKind::Map(_)).then_some(1),
                ..Failing::default()
            },
            kind,
        };
        let mechanism = Mechanism { fuse: Fuse::Apart, ..Mechanism::default() };
        let steps = kinds.enumerate().map(step).map(|step| (step, mechanism));
        let design = Design::new(steps.collect()).expect("a chain");
        let row = |&(key, at): &(&str, i64)| InputRow {
            key: Arc::from(key),
            event_time: seconds(at),
            arrival: Time(0),
            value: RowValue::Integer(1),
            id: None,
        };
        let rows = SourceInput::Rows(Arc::new(rows.iter().map(row).collect()));
        let plan = Plan {
            inputs: vec![(StepIndex(0), rows)],
            cluster: Cluster::default(),
            network: Network::default(),
            climate: Climate::default(),
            faults: Vec::new(),
            until: Until::default(),
            side_effects: SideEffects::default(),
            properties: crate::property::Properties::default(),
        };
        let (mut sources, mut words) = (Sources::default(), Vocabulary::default());
        sources.load(&plan, &design.layout, 0, &mut words);
        let mut ledger = Ledger::default();
        ledger.reset(&design.layout, false);
        Fed { design, plan, sources, words, ledger }
    }

    /// Windows of 10 s under a perfect source.
    pub fn counting(rows: &[(&str, i64)]) -> Fed {
        Fed::new(Progress::Perfect, vec![count(0)], rows)
    }

    /// A sink under a perfect source.
    pub fn writing(rows: &[(&str, i64)]) -> Fed {
        let sink = StepKind::Sink(Sink::Upsert);
        Fed::new(Progress::Perfect, vec![sink], rows)
    }

    /// Gives the records these values.
    pub fn set_values<const RECORDS: usize>(&mut self, values: [i64; RECORDS]) {
        let (_, SourceInput::Rows(rows)) = &mut self.plan.inputs[0] else { unreachable!("rows") };
        for (row, value) in Arc::make_mut(rows).iter_mut().zip(values) {
            row.value = RowValue::Integer(value);
        }
        self.sources = Sources::default();
        self.words = Vocabulary::default();
        self.sources.load(&self.plan, &self.design.layout, 0, &mut self.words);
    }

    pub fn key(&mut self, text: &str) -> Key {
        self.words.keys.intern(text)
    }

    /// What the ledger hears of commits of a shard.
    pub fn telling(&mut self, shard: ShardIndex) -> Telling<'_> {
        let Fed { sources, words, ledger, .. } = self;
        Telling { ledger, shard, now: Time(0), words, sources, ids: None }
    }

    /// An output is held by the source.
    pub fn hold(&mut self, name: Name, key: &str, value: i64) {
        let key = self.key(key);
        self.telling(EVENTS).mention(Tag { name, lineage: 0 }, key, 1, value);
    }

    /// Records, or panes with their lineage, are taken into a window, above what is there already.
    pub fn take(
        &mut self,
        shard: ShardIndex,
        (key, _): (&str, i64),
        above: u32,
        taken: &[(Name, u32, i64, i64)],
    ) -> Span {
        let key = self.key(key);
        let mut span = Span { head: above, floor: above, weight: 0, value: 0 };
        for &(name, lineage, weight, value) in taken {
            let mut pile = Pile { head: span.head, floor: above };
            self.telling(shard).add(&mut pile, Tag { name, lineage }, key, weight, value);
            span.head = pile.head;
            span.weight += weight;
            span.value = span.value.wrapping_add(value);
        }
        span
    }

    /// A pane is committed with this content; returns its name and lineage.
    pub fn fire(
        &mut self,
        shard: ShardIndex,
        (key, start, pane): (&str, i64, u32),
        span: Span,
    ) -> (Name, u32) {
        let (key, start) = (self.key(key), seconds(start));
        let lineage = self.ledger.read(span.head, span.floor);
        let step = self.design.layout.step_of(shard);
        let hash = self.design.layout.hash(step);
        let Vocabulary { keys, names } = &mut self.words;
        let name = names.pane(step.0, hash, key, start, pane, keys);
        let Span { weight, value, .. } = span;
        let tag = Tag { name, lineage };
        self.telling(shard).pane(&Pane { tag, key, start, weight, value });
        (name, lineage)
    }

    /// The outputs of a map on a record.
    pub fn outputs(&mut self, shard: ShardIndex, name: Name, outputs: u32) -> Vec<Name> {
        let step = self.design.layout.step_of(shard);
        let hash = self.design.layout.hash(step);
        let names = &mut self.words.names;
        (0..outputs).map(|index| names.output(name, step.0, hash, index)).collect()
    }

    /// A row of the sink is written.
    pub fn write(&mut self, row: u64, key: &str, name: Name) {
        self.write_value(row, key, name, 1);
    }

    pub fn write_value(&mut self, row: u64, key: &str, name: Name, value: i64) {
        let key = self.key(key);
        let step = self.design.layout.step_of(FIRST);
        let tag = Tag { name, lineage: 0 };
        self.telling(FIRST).write(&WrittenRow { step, row, tag, key, weight: 1, value });
    }

    pub fn judgement(&mut self, has_drained: bool) -> Judgement {
        let Fed { design, sources, words, ledger, .. } = self;
        let mut expectations = Expectations::default();
        let Design { pipeline, layout, .. } = design;
        let truth = Truth { pipeline, layout, log: None };
        ledger.judge(&truth, layout, sources, words, &mut expectations, has_drained)
    }

    pub fn judge(&mut self, has_drained: bool) -> (Vec<Class>, outcome::LedgerFigures) {
        let judgement = self.judgement(has_drained);
        (judgement.classes.iter().collect(), judgement.totals)
    }

    /// The classes of a run that has drained.
    pub fn classes(&mut self) -> Vec<Class> {
        self.judge(true).0
    }
}
