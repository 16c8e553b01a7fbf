//! What Lambda sets: of the batch leg how it reads the log and lands, and of each leg what it counts, and under which
//! window. Where the legs differ in that, their results do: none of it is wrong, and all of it shows in the figures.

use super::rows::{FALSE_FIRST, NO, YES};
use super::{Guarantee, Settings};
use crate::setting::{Free, Setting, SettingChoice, SettingValue, WrittenAs, number_of};
use onceproof_kernel::time::{Nanos, SECOND, Time};

/// By which time of a record its window is chosen.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum WindowClock {
    /// When it happened.
    Event,
    /// When it came into the log.
    Arrival,
}

impl WindowClock {
    /// The time by which the window of a record is chosen that happened and arrived at these times.
    pub fn time(self, event_time: Time, arrival: Time) -> Time {
        match self {
            WindowClock::Event => event_time,
            WindowClock::Arrival => arrival,
        }
    }
}

/// What the batch leg does with the results of a window that have landed before.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Landing {
    /// The new ones stand in their place.
    Replace,
    /// The new ones are added to them.
    Append,
}

/// The batch leg: for a window that ends at e it reads the log at e + `cut_off`, and its results land at e + `cut_off` +
/// `takes`.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct BatchSettings {
    /// How long after the end of a window the log is read. What arrives later is not in it.
    pub cut_off: Nanos,
    /// How long it works on what it has read.
    pub takes: Nanos,
    /// How often it runs again after it has landed.
    pub reruns: u32,
    /// What becomes of what has landed before.
    pub landing: Landing,
    /// How long the log has a record; for ever without.
    pub retention: Option<Nanos>,
    /// How long after the end of a window the view has what the speed leg shows; without, until the batch has landed.
    pub speed_keep: Option<Nanos>,
    /// By which time the window of a record is chosen.
    pub window_clock: WindowClock,
    /// How long after the end of its window a record that arrives is still counted and passed on, by the times of arrival
    /// that the log has; for ever without.
    pub keep: Option<Nanos>,
    /// Whether records of one id count once.
    pub is_distinct: bool,
}

impl BatchSettings {
    /// What it has where nothing is said.
    pub const FIRST: BatchSettings = BatchSettings {
        cut_off: 20 * SECOND,
        takes: 10 * SECOND,
        reruns: 0,
        landing: Landing::Replace,
        retention: None,
        speed_keep: None,
        window_clock: WindowClock::Event,
        keep: None,
        is_distinct: false,
    };

    /// From the end of a window until its results have landed for the last time, where nothing is in the way.
    pub fn is_over_after(&self) -> Nanos {
        let runs = Nanos::from(self.reruns).saturating_add(1);
        self.cut_off.saturating_add(self.takes.saturating_mul(runs))
    }
}

/// The most runs of a batch after it has landed.
const MOST_RERUNS: u32 = 1000;

const LANDINGS: [Landing; 2] = [Landing::Replace, Landing::Append];
const GUARANTEES: [Guarantee; 2] = [Guarantee::AtLeastOnce, Guarantee::BestEffort];
const CLOCKS: [WindowClock; 2] = [WindowClock::Event, WindowClock::Arrival];

const CLOCK_CHOICES: &[SettingChoice] = &[
    SettingChoice::right("event", "When the record happened."),
    SettingChoice::right("arrival", "When it came into the log."),
];
const BY_WHICH_TIME: &str = "By which time of a record this leg chooses its window.";

fn of(settings: &Settings) -> &BatchSettings {
    settings.batch.as_ref().unwrap_or(&BatchSettings::FIRST)
}

fn of_mut(settings: &mut Settings) -> &mut BatchSettings {
    settings.batch.get_or_insert(BatchSettings::FIRST)
}

fn or_first(length: Option<Nanos>) -> SettingValue {
    length.map_or(SettingValue::Choice(0), SettingValue::Length)
}

/// Those of the batch leg and of the view.
pub(super) static OF_LAMBDA: &[Setting<Settings>] = &[
    Setting {
        key: "landing",
        about: "What the batch leg does with what has landed of a window before.",
        choices: &[
            SettingChoice::right("replace", "What lands stands in its place."),
            SettingChoice::wrong("append", "What lands is added to it: a batch may run twice.")
                .under("reruns = 1"),
        ],
        free: None,
        get: |settings| number_of(&LANDINGS, of(settings).landing),
        set: |settings, value| of_mut(settings).landing = LANDINGS[value.choice()],
    },
    Setting {
        key: "retention",
        about: "How long the log has a record after it has arrived.",
        choices: &[SettingChoice::right("unlimited", "For ever.")],
        free: Some(Free::Length {
            about: "As long. What is shorter than a window, the cut-off, and all runs but the last with their landings \
                    together makes the batch leg miss what has arrived.",
            zero: None,
            may_break: true,
        }),
        get: |settings| or_first(of(settings).retention),
        set: |settings, value| of_mut(settings).retention = value.length(),
    },
    Setting {
        key: "speed-keep",
        about: "How long the view has what the speed leg shows.",
        choices: &[SettingChoice::right("landing", "Until the batch leg has landed.")],
        free: Some(Free::Length {
            about: "As long after the end of the window. Below cut-off and run together, nothing is shown for a while.",
            zero: None,
            may_break: false,
        }),
        get: |settings| or_first(of(settings).speed_keep),
        set: |settings, value| of_mut(settings).speed_keep = value.length(),
    },
    Setting {
        key: "cut-off",
        about: "How long after the end of a window the batch leg reads the log.",
        choices: &[],
        free: Some(Free::Length {
            about: "As long. What arrives later is late for the batch leg.",
            zero: None,
            may_break: false,
        }),
        get: |settings| SettingValue::Length(of(settings).cut_off),
        set: |settings, value| of_mut(settings).cut_off = value.length().unwrap_or(0),
    },
    Setting {
        key: "takes",
        about: "How long the batch leg works on what it has read.",
        choices: &[],
        free: Some(Free::Length { about: "As long. Then it lands.", zero: None, may_break: false }),
        get: |settings| SettingValue::Length(of(settings).takes),
        set: |settings, value| of_mut(settings).takes = value.length().unwrap_or(0),
    },
    Setting {
        key: "reruns",
        about: "How often the batch of a window runs again after it has landed.",
        choices: &[SettingChoice::right("", "Not at all.").written(WrittenAs::Number(0))],
        free: Some(Free::Number {
            about: "As often. It lands the same again, if nothing was lost from the log.",
            least: 1,
            most: MOST_RERUNS,
            may_break: false,
        }),
        get: |settings| match of(settings).reruns {
            0 => SettingValue::Choice(0),
            reruns => SettingValue::Number(reruns),
        },
        set: |settings, value| of_mut(settings).reruns = value.number().unwrap_or(0),
    },
];

/// Those of each leg.
pub(super) static OF_LEGS: &[Setting<Settings>] = &[
    Setting {
        key: "speed.strategy",
        about: "What the speed leg is.",
        choices: &[
            SettingChoice::right("at-least-once", "Each record is sent again until it is done."),
            SettingChoice::right("best-effort", "Nothing is sent twice."),
        ],
        free: None,
        get: |settings| number_of(&GUARANTEES, settings.guarantee),
        set: |settings, value| {
            let Settings { guarantee, view, offsets, .. } =
                Settings::alone(GUARANTEES[value.choice()]);
            *settings = Settings { guarantee, view, offsets, ..*settings };
        },
    },
    Setting {
        key: "speed.timeout",
        about: "How long the speed leg waits until it sends a record again.",
        choices: &[],
        free: Some(Free::Length {
            about: "Longer than all that a record goes through: else it is sent for ever, and the run has no end.",
            zero: Some(["`speed.timeout` is 0", "it is at least 1ns"]),
            may_break: false,
        }),
        get: |settings| SettingValue::Length(settings.timeout),
        set: |settings, value| settings.timeout = value.length().unwrap_or(settings.timeout),
    },
    Setting {
        key: "speed.window-clock",
        about: BY_WHICH_TIME,
        choices: CLOCK_CHOICES,
        free: None,
        get: |settings| number_of(&CLOCKS, settings.window_clock),
        set: |settings, value| settings.window_clock = CLOCKS[value.choice()],
    },
    Setting {
        key: "speed.keep",
        about: "How long after the end of its window the speed leg still counts a record.",
        choices: &[SettingChoice::right("forever", "However late it is.")],
        free: Some(Free::Length {
            about: "As long, by the greatest time of a record that the bolt has seen.",
            zero: None,
            may_break: false,
        }),
        get: |settings| or_first(settings.keep),
        set: |settings, value| settings.keep = value.length(),
    },
    Setting {
        key: "speed.distinct",
        about: "Whether the speed leg counts a record that it knows by its id only once.",
        choices: &[
            SettingChoice::right("", "What comes again counts again.").written(NO),
            SettingChoice::right("", "It keeps the ids beside its counts.").written(YES),
        ],
        free: None,
        get: |settings| number_of(&FALSE_FIRST, settings.is_distinct),
        set: |settings, value| settings.is_distinct = FALSE_FIRST[value.choice()],
    },
    Setting {
        key: "batch.window-clock",
        about: BY_WHICH_TIME,
        choices: CLOCK_CHOICES,
        free: None,
        get: |settings| number_of(&CLOCKS, of(settings).window_clock),
        set: |settings, value| of_mut(settings).window_clock = CLOCKS[value.choice()],
    },
    Setting {
        key: "batch.keep",
        about: "How long after the end of its window the batch leg still counts a record.",
        choices: &[SettingChoice::right("forever", "As late as the cut-off lets it arrive.")],
        free: Some(Free::Length {
            about: "As long, by the times of arrival in the log: an earlier cut-off.",
            zero: None,
            may_break: false,
        }),
        get: |settings| or_first(of(settings).keep),
        set: |settings, value| of_mut(settings).keep = value.length(),
    },
    Setting {
        key: "batch.distinct",
        about: "Whether the batch leg counts records of one id once.",
        choices: &[
            SettingChoice::right("", "Each record of the log counts.").written(NO),
            SettingChoice::right("", "The first in the log counts.").written(YES),
        ],
        free: None,
        get: |settings| number_of(&FALSE_FIRST, of(settings).is_distinct),
        set: |settings, value| of_mut(settings).is_distinct = FALSE_FIRST[value.choice()],
    },
];
