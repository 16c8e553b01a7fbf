//! An explanation as a picture without script: the failing run and the one that holds, side by side, as the page draws
//! the story.

use super::layout::{Layout, ROW};
use crate::explain::Explanation;
use crate::explain::differ::side;
use crate::explain::scene::{Course, FOR_GOOD, Scene, Shape, Topic};
use crate::explain::words::Told;
use crate::figures::measured;
use crate::write::Sign;
use onceproof_kernel::time::{MICROSECOND, Nanos};
use onceproof_sim::trace::Fate;

/// How pictures are known.
pub const PICTURE: Sign = Sign { begins: "<!-- made by onceproof -->\n<svg ", what: "picture" };

const STYLE: &str = include_str!("page/picture.css");
/// How wide all of it is.
const WIDTH: u64 = 1040;
const MARGIN: u64 = 20;
/// Between the two runs.
const BETWEEN: u64 = 24;
/// For the times of a run.
const GUTTER: u64 = 62;
/// How many characters of a sentence stand on a line.
const LINE: usize = 130;

/// The picture of an explanation.
pub fn explanation_svg(explanation: &Explanation<'_>) -> String {
    let layout = Layout::of(explanation);
    let courses = explanation.courses();
    let head = lines(&[explanation.headline()]);
    let foot = lines(&explanation.change_lines());
    let top = MARGIN + 22 * head.len() as u64 + 16;
    let bottom = top + 58 + layout.height;
    let height = bottom + 22 * foot.len() as u64 + MARGIN;
    let mut svg = Svg::default();
    svg.raw(PICTURE.begins);
    svg.raw(&format!(
        "xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {WIDTH} {height}\" role=\"img\">\n\
         <title>{}</title>\n<style>\n{STYLE}</style>\n\
         <defs><marker id=\"sent\" viewBox=\"0 0 9 8\" refX=\"9\" refY=\"4\" markerWidth=\"9\" markerHeight=\"8\" \
         markerUnits=\"userSpaceOnUse\" orient=\"auto\"><path class=\"head\" d=\"M0 0l9 4-9 4z\"/></marker>\
         <marker id=\"back\" viewBox=\"0 0 8 8\" refX=\"7\" refY=\"4\" markerWidth=\"8\" markerHeight=\"8\" \
         markerUnits=\"userSpaceOnUse\" orient=\"auto\"><path class=\"open\" d=\"M1 1l6 3-6 3\"/></marker></defs>\n\
         <rect class=\"paper\" width=\"{WIDTH}\" height=\"{height}\"/>\n",
        escaped(&explanation.headline_alone())
    ));
    for (number, line) in (0..).zip(&head) {
        svg.text(MARGIN, MARGIN + 16 + 22 * number, "say", line);
    }
    let runs = courses.len() as u64;
    let width = (WIDTH - 2 * MARGIN - BETWEEN * (runs - 1)) / runs;
    for (run, course) in courses.iter().enumerate() {
        let left = MARGIN + run as u64 * (width + BETWEEN);
        let title = match run {
            0 => "The run that fails".to_owned(),
            _ => explanation.holds_heading(),
        };
        svg.text(left, top + 14, "title", &title);
        svg.raw(&format!("<g transform=\"translate({left} {})\">\n", top + 26));
        Drawing { explanation, layout: &layout, course, run, width }.draw(&mut svg);
        svg.raw("</g>\n");
    }
    for (number, line) in (0..).zip(&foot) {
        svg.text(MARGIN, bottom + 16 + 22 * number, "say", line);
    }
    svg.raw("</svg>\n");
    svg.0
}

fn lines(sentences: &[String]) -> Vec<String> {
    let wrapped = sentences.iter().flat_map(|sentence| textwrap::wrap(sentence, LINE));
    wrapped.map(|line| line.into_owned()).collect()
}

/// A picture that is being written.
#[derive(Default)]
struct Svg(String);

impl Svg {
    fn raw(&mut self, text: &str) {
        self.0.push_str(text);
    }

    fn path(&mut self, class: &str, d: &str) {
        self.raw(&format!("<path class=\"{class}\" d=\"{d}\"/>\n"));
    }

    fn text(&mut self, x: u64, y: u64, class: &str, words: &str) {
        self.raw(&format!(
            "<text x=\"{x}\" y=\"{y}\" class=\"{class}\">{}</text>\n",
            escaped(words)
        ));
    }

    fn text_before(&mut self, x: u64, y: u64, class: &str, words: &str) {
        let words = escaped(words);
        self.raw(&format!(
            "<text x=\"{x}\" y=\"{y}\" class=\"{class}\" text-anchor=\"end\">{words}</text>\n"
        ));
    }

    fn diamond(&mut self, x: u64, y: u64, class: &str) {
        self.path(class, &format!("M{x} {}l6 6-6 6-6-6z", y - 6));
    }

    fn ring(&mut self, x: u64, y: u64, r: u64, class: &str) {
        self.raw(&format!("<circle class=\"{class}\" cx=\"{x}\" cy=\"{y}\" r=\"{r}\"/>\n"));
    }

    fn cross(&mut self, x: u64, y: u64) {
        self.path("cross", &format!("M{} {}l8 8m0-8l-8 8", x - 4, y - 4));
    }

    fn wrong(&mut self, x: u64, y: u64) {
        let d = format!("M{} {}.5h8l5.5 5.5v8l-5.5 5.5h-8l-5.5-5.5v-8z", x - 4, y - 10);
        self.path("wrong", &d);
        self.path("wrong-cross", &format!("M{} {}l8 8m0-8l-8 8", x - 4, y - 4));
    }

    fn badge(&mut self, x: u64, y: u64, number: usize) {
        self.raw(&format!(
            "<rect class=\"badge\" x=\"{}\" y=\"{}\" width=\"16\" height=\"16\" rx=\"2.5\"/>\
             <text class=\"number\" x=\"{x}\" y=\"{}\" text-anchor=\"middle\">{number}</text>\n",
            x - 8,
            y - 8,
            y + 4
        ));
    }
}

/// One run of a picture.
struct Drawing<'a> {
    explanation: &'a Explanation<'a>,
    layout: &'a Layout,
    course: &'a Course,
    run: usize,
    width: u64,
}

impl Drawing<'_> {
    fn told(&self) -> Told<'_> {
        self.explanation.fails_told()
    }

    fn x(&self, shard: u32) -> Option<u64> {
        let lanes = &self.layout.lanes;
        let at = lanes.iter().position(|&lane| lane == shard)? as u64;
        let (left, right) = (GUTTER + 76, self.width - 80);
        let between = (lanes.len() as u64).saturating_sub(1).max(1);
        Some(left + (right - left) * at / between)
    }

    /// The lanes of a worker.
    fn lanes_of(&self, worker: Option<u32>) -> Vec<u64> {
        let is_its = |&&shard: &&u32| {
            let mut of_it = self.course.scenes.iter();
            let first = of_it.find(|scene| scene.shard.is_some_and(|of| of.0 == shard));
            first.is_some_and(|scene| scene.worker == worker)
        };
        self.layout.lanes.iter().filter(is_its).filter_map(|&shard| self.x(shard)).collect()
    }

    /// Where an event stands, if it is told.
    fn y(&self, at: usize) -> Option<u64> {
        let pairs = &self.explanation.pairs;
        let pair = pairs.iter().position(|pair| side(pair, self.run) == Some(at))?;
        Some(self.layout.rows[self.layout.of_pairs[pair]].y)
    }

    fn draw(&self, svg: &mut Svg) {
        for &shard in &self.layout.lanes {
            let Some(x) = self.x(shard) else { continue };
            let name = self.told().shard(onceproof_kernel::layout::ShardIndex(shard));
            svg.raw(&format!(
                "<text class=\"lane-name\" x=\"{x}\" y=\"10\" text-anchor=\"middle\">{}</text>\n",
                escaped(&name)
            ));
            svg.path("lane", &format!("M{x} 16V{}", self.layout.height));
        }
        let mut before = None;
        for row in &self.layout.rows {
            if let Some((gap, y)) = row.folded {
                svg.text_before(GUTTER - 4, y + 4, "soft", &format!("⋯ {}", measured(gap)));
            }
            if let Some(at) = row.at[self.run].filter(|&at| Some(at) != before) {
                svg.text_before(GUTTER - 4, row.y + 4, "soft", &milliseconds(at));
                before = Some(at);
            }
        }
        if let Some(at) = self.explanation.differs {
            let y = self.layout.rows[self.layout.of_pairs[at]].y - ROW / 2;
            svg.path("differs", &format!("M0 {y}H{}", self.width));
            if self.run == 1 {
                svg.text_before(self.width, y + 4, "differs-name", "first difference");
            }
        }
        let told = self.explanation.pairs.iter().filter_map(|pair| side(pair, self.run));
        let told: Vec<usize> = told.collect();
        for &at in &told {
            self.away(at, svg);
        }
        // What is drawn later stands over what is drawn before.
        let is_arrow = |&&at: &&usize| {
            let scene = &self.course.scenes[at];
            matches!(scene.shape, Shape::Receive | Shape::Acked | Shape::Error)
        };
        let (arrows, others): (Vec<&usize>, Vec<&usize>) = told.iter().partition(is_arrow);
        for &at in arrows.into_iter().chain(others) {
            self.event(at, svg);
        }
    }

    /// The time in which a worker is away.
    fn away(&self, at: usize, svg: &mut Svg) {
        let scene = &self.course.scenes[at];
        let (class, word, ends) = match scene.shape {
            Shape::Crash => ("away", "down", Shape::Back),
            Shape::Pause => ("still", "still", Shape::GoesOn),
            _ => return,
        };
        let Some(y) = self.y(at) else { return };
        let is_end = |other: &Scene| other.shape == ends && other.worker == scene.worker;
        let until = self.course.scenes[at..].iter().position(is_end).and_then(|by| self.y(at + by));
        let until = until.unwrap_or(self.layout.height);
        for (number, x) in self.lanes_of(scene.worker).into_iter().enumerate() {
            let height = until.saturating_sub(y + 7).max(6);
            svg.raw(&format!(
                "<rect class=\"{class}\" x=\"{}\" y=\"{}\" width=\"22\" height=\"{height}\" rx=\"2\"/>\n",
                x - 11,
                y + 7
            ));
            if number == 0 {
                let words = match scene.number {
                    FOR_GOOD => "gone".to_owned(),
                    number => format!("{word} {}", measured(number)),
                };
                svg.text(x + 16, y + 22, "soft", &words);
            }
        }
    }

    fn event(&self, at: usize, svg: &mut Svg) {
        let scene = &self.course.scenes[at];
        let Some(y) = self.y(at) else { return };
        let lane = scene.shard.and_then(|shard| self.x(shard.0));
        let Some(x) = lane.or_else(|| self.lanes_of(scene.worker).first().copied()) else { return };
        let other = scene.other.and_then(|shard| self.x(shard.0));
        let lineage = if self.run == 0 {
            Some(&self.explanation.lineage)
        } else {
            self.explanation.beside.as_ref()
        };
        let me =
            if lineage.is_some_and(|lineage| scene.is_of(&lineage.roots)) { " me" } else { "" };
        let is_wrong = self.run == 0 && self.explanation.wrong.contains(&at);
        let cause = scene.causes.first().and_then(|&cause| usize::try_from(cause).ok());
        let from = cause.and_then(|cause| self.y(cause));
        let key = scene.topic.as_ref().map_or("", label);
        let gone = matches!(scene.fate, Some(Fate::Lost | Fate::Cut));
        match (scene.shape, other, from) {
            (Shape::Receive, Some(x0), Some(y0)) => {
                svg.raw(&format!(
                    "<path class=\"req{me}\" marker-end=\"url(#sent)\" d=\"M{x0} {y0}L{x} {y}\"/>\n"
                ));
                let words = if scene.number > 1 {
                    format!("{key}, {}", scene.number)
                } else {
                    key.to_owned()
                };
                svg.raw(&format!(
                    "<text class=\"lbl{me}\" x=\"{}\" y=\"{}\" text-anchor=\"middle\">{}</text>\n",
                    u64::midpoint(x0, x),
                    u64::midpoint(y0, y) - 4,
                    escaped(&words)
                ));
            }
            (Shape::Acked | Shape::Error, Some(x0), Some(y0)) => svg.raw(&format!(
                "<path class=\"ack{me}\" marker-end=\"url(#back)\" d=\"M{x0} {y0}L{x} {y}\"/>\n"
            )),
            (Shape::Send | Shape::Ack, Some(to), _) if gone => {
                let (xe, ye) = ((x + 2 * to) / 3, y + ROW * 3 / 5);
                let class = if scene.shape == Shape::Ack { "ack" } else { "req" };
                svg.path(&format!("{class} lost{me}"), &format!("M{x} {y}L{xe} {ye}"));
                svg.cross(xe, ye);
            }
            (Shape::Apply, ..) => {
                let heard = |(_, other): &(usize, &Scene)| {
                    other.shape == Shape::Heard && other.causes.first() == Some(&(at as u64))
                };
                let heard = self.course.scenes.iter().enumerate().find(heard);
                let until = heard.and_then(|(at, _)| self.y(at)).unwrap_or(y + 8);
                svg.path(&format!("span{me}"), &format!("M{x} {}V{until}", from.unwrap_or(y - 8)));
                if !is_wrong {
                    let gains = !scene.gains.is_empty() && !scene.is_vain;
                    svg.diamond(x, y, if gains && !me.is_empty() { "dia me" } else { "dia" });
                    if let Some(gain) = scene.gains.first().filter(|_| gains) {
                        let total =
                            gain.total.map_or_else(String::new, |total| format!(" = {total}"));
                        svg.text(
                            x + 12,
                            y + 4,
                            &format!("lbl{me}"),
                            &format!("{}{total}", gain.cell),
                        );
                    }
                }
            }
            (Shape::Known | Shape::Drop, ..) => {
                svg.ring(x, y, 6, "ring");
                let words = if scene.shape == Shape::Known { "known" } else { "done with" };
                svg.text(x + 12, y + 4, "plain", words);
            }
            (Shape::Call, ..) => {
                svg.ring(x, y, 8, "fx");
                svg.raw(&format!(
                    "<text class=\"fxt\" x=\"{x}\" y=\"{}\" text-anchor=\"middle\">f</text>\n",
                    y + 4
                ));
                svg.text_before(
                    x - if scene.fault.is_some() { 33 } else { 12 },
                    y + 4,
                    &format!("lbl{me}"),
                    key,
                );
            }
            (Shape::Wait, ..) => {
                svg.ring(x, y, 5, "fx");
                svg.text_before(x - 10, y + 4, "lbl", "no answer");
            }
            (Shape::Crash | Shape::Pause, ..) => {
                svg.path("cross", &format!("M{} {}h14", x - 7, y + 4))
            }
            (Shape::Serve, ..) if !is_wrong => {
                svg.path(&format!("dia{me}"), &format!("M{} {}h10v10h-10z", x - 5, y - 5));
                svg.text(x + 12, y + 4, "lbl", "service");
            }
            (Shape::Move, ..) => svg.text(x + 12, y + 4, "plain", "moved"),
            (Shape::Clock, ..) => svg.text(x + 12, y + 4, "plain", "clock jumps"),
            (Shape::Cut, ..) => svg.text(x + 12, y + 4, "plain", "link cut"),
            (Shape::Read, ..) => {
                svg.ring(x, y, 3, &format!("dot{me}"));
                svg.text_before(x - 9, y + 4, &format!("lbl{me}"), key);
            }
            (Shape::Send | Shape::Ack | Shape::Heard | Shape::Commit, ..) => {}
            _ => svg.ring(x, y, 2, &format!("dot{me}")),
        }
        if let Some(number) = self.number(scene) {
            svg.badge(x - 22, y, number);
        }
        if is_wrong {
            svg.wrong(x, y);
            svg.text(x + 16, y + 4, "wrong-name", self.explanation.victim.class.row().sign);
        }
    }

    /// The number of the fault that struck in an event, as the failing run counts.
    fn number(&self, scene: &Scene) -> Option<usize> {
        let fault = self.course.outcome.schedule.get(scene.fault?)?;
        let of_fails = &self.explanation.fails.outcome.schedule;
        of_fails.iter().position(|other| other == fault).map(|at| at + 1)
    }
}

fn label(topic: &Topic) -> &str {
    if topic.key.is_empty() { &topic.name } else { &topic.key }
}

/// Milliseconds, with what is behind the point where it is not 0.
fn milliseconds(at: Nanos) -> String {
    let micros = at / MICROSECOND;
    match micros % 1000 {
        0 => (micros / 1000).to_string(),
        rest => format!("{}.{rest:03}", micros / 1000),
    }
}

/// A text within a picture.
fn escaped(text: &str) -> String {
    let shown = text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect::<String>();
    shown.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}
