//! The protocol as a model, every state of it: two nodes that crash or stop for as long as they
//! like, messages that are lost, late or doubled, an hour that ends, calls that expire at any time,
//! and the day's money in slices. What the model says of the statement is what `model` compares the
//! real one with.

use std::collections::{BTreeSet, HashSet, VecDeque};

const CALLS: usize = 3;
const CAP: u8 = 2;
const CEILING: u8 = 3;
const SLICE: u8 = 2;

/// Where a call is on its node. A message that was sent may arrive at any time, again, or never.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Phase {
    Idle,
    /// Asked for in this window by the clock of then.
    Asked(u8),
    Granted,
    Sent,
    Settling(u8),
    Releasing,
    /// Its node crashed.
    Dead,
}

/// A call in the ledger.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Row {
    Reserved,
    Settled(u8),
    Released,
    Expired,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct World {
    now: u8,
    window: u8,
    used: u8,
    granted: u8,
    left: u8,
    phases: [Phase; CALLS],
    rows: [Option<(Row, u8)>; CALLS],
    /// Calls that reached a provider, by window.
    admitted: [u8; 2],
    sent: u8,
    crashes: u8,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Step {
    Ask(usize),
    Decide(usize),
    Receive(usize),
    Send(usize),
    Settle(usize, u8),
    GiveBack(usize),
    WriteDown(usize),
    Expire(usize),
    Crash(usize),
    NextHour,
}

/// What the model does wrong, for the checker to find.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Fault {
    None,
    /// Calls that expired are taken for calls that were never made.
    ExpiryGivesBack,
    /// A late request begins an hour again that has ended.
    HoursRollBack,
    /// A call is given back as often as it is said.
    EndsTwice,
}

struct Guarded(Fault);

impl Guarded {
    fn decide(&self, world: &mut World, call: usize, asked: u8) {
        if world.rows[call].is_some() {
            return;
        }
        let rolls = asked > world.window || self.0 == Fault::HoursRollBack && asked < world.window;
        let used = if rolls { 0 } else { world.used };
        if used == CAP || !take(world) {
            return;
        }
        (world.window, world.used) = (if rolls { asked } else { world.window }, used + 1);
        world.rows[call] = Some((Row::Reserved, world.window));
    }

    fn write_down(&self, world: &mut World, call: usize) {
        let Some((row, window)) = world.rows[call] else { return };
        let open = row == Row::Reserved || self.0 == Fault::EndsTwice && row == Row::Released;
        match world.phases[call] {
            Phase::Settling(cost) if open => {
                world.rows[call] = Some((Row::Settled(cost), window));
                world.left += 1 - cost;
            }
            Phase::Releasing if open => {
                world.rows[call] = Some((Row::Released, window));
                world.used = world.used.saturating_sub(u8::from(window == world.window));
                world.left += 1;
            }
            _ => {}
        }
    }

    fn expire(&self, world: &mut World, call: usize) {
        if let Some((Row::Reserved, window)) = world.rows[call] {
            world.rows[call] = Some((Row::Expired, window));
            if self.0 == Fault::ExpiryGivesBack && window == world.window {
                world.used -= 1;
            }
        }
    }
}

/// `guard.take`, for a call that may cost 1.
fn take(world: &mut World) -> bool {
    if world.left == 0 {
        let cut = SLICE.min(CEILING - world.granted);
        (world.granted, world.left) = (world.granted + cut, cut);
    }
    let reaches = world.left > 0;
    world.left -= u8::from(reaches);
    reaches
}

/// What calls hold or have cost.
fn held(world: &World) -> u8 {
    let of = |row: &Option<(Row, u8)>| match row {
        Some((Row::Reserved | Row::Expired, _)) => 1,
        Some((Row::Settled(cost), _)) => *cost,
        _ => 0,
    };
    world.rows.iter().map(of).sum()
}

/// What calls that reached a provider may have cost at most, by now.
fn spent(world: &World) -> u8 {
    let of = |phase: &Phase| match phase {
        Phase::Settling(cost) => *cost,
        _ => 0,
    };
    let said: u8 = world.phases.iter().map(of).sum();
    let told = world.phases.iter().filter(|it| matches!(it, Phase::Settling(_))).count();
    said + world.sent - u8::try_from(told).unwrap()
}

impl Guarded {
    fn first() -> World {
        World {
            now: 0,
            window: 0,
            used: 0,
            granted: 0,
            left: 0,
            phases: [Phase::Idle; CALLS],
            rows: [None; CALLS],
            admitted: [0; 2],
            sent: 0,
            crashes: 0,
        }
    }

    fn steps(world: &World) -> Vec<Step> {
        let mut steps = Vec::new();
        for call in 0..CALLS {
            let reserved = matches!(world.rows[call], Some((Row::Reserved, _)));
            match world.phases[call] {
                Phase::Idle => steps.push(Step::Ask(call)),
                Phase::Asked(_) => {
                    steps.push(Step::Decide(call));
                    // The answer may come long after, when the row is no longer what it was.
                    if world.rows[call].is_some() {
                        steps.push(Step::Receive(call));
                    }
                }
                Phase::Granted => steps.extend([Step::Send(call), Step::GiveBack(call)]),
                Phase::Sent => steps.extend([Step::Settle(call, 0), Step::Settle(call, 1)]),
                Phase::Settling(_) | Phase::Releasing => steps.push(Step::WriteDown(call)),
                Phase::Dead => {}
            }
            if reserved {
                steps.push(Step::Expire(call));
            }
        }
        if world.crashes == 0 {
            steps.extend([Step::Crash(0), Step::Crash(1)]);
        }
        if world.now == 0 {
            steps.push(Step::NextHour);
        }
        steps
    }

    fn next(&self, before: &World, step: Step) -> Option<World> {
        let mut world = before.clone();
        match step {
            Step::Ask(call) => world.phases[call] = Phase::Asked(world.now),
            Step::Decide(call) => match world.phases[call] {
                Phase::Asked(asked) => self.decide(&mut world, call, asked),
                _ => return None,
            },
            Step::Receive(call) => world.phases[call] = Phase::Granted,
            Step::Send(call) => {
                world.phases[call] = Phase::Sent;
                let (_, window) = world.rows[call]?;
                world.admitted[usize::from(window)] += 1;
                world.sent += 1;
            }
            Step::Settle(call, cost) => world.phases[call] = Phase::Settling(cost),
            Step::GiveBack(call) => world.phases[call] = Phase::Releasing,
            Step::WriteDown(call) => self.write_down(&mut world, call),
            Step::Expire(call) => self.expire(&mut world, call),
            Step::Crash(node) => {
                world.crashes += 1;
                for call in (node..CALLS).step_by(2) {
                    // What it had said already is on its way.
                    let phase = world.phases[call];
                    if matches!(phase, Phase::Asked(_) | Phase::Granted | Phase::Sent) {
                        world.phases[call] = Phase::Dead;
                    }
                }
            }
            Step::NextHour => world.now = 1,
        }
        (world != *before).then_some(world)
    }

    /// Every world that any order of steps comes to, until something is found; gives their number,
    /// which promises broke and which hopes came true.
    fn explored(&self, until: &str) -> (usize, BTreeSet<&'static str>) {
        let mut seen = HashSet::from([Self::first()]);
        let mut next = VecDeque::from([Self::first()]);
        let mut found = BTreeSet::new();
        while let Some(world) = next.pop_front() {
            let broken = PROMISES.iter().filter(|(_, holds)| !holds(&world));
            let true_now = HOPES.iter().filter(|(_, is_so)| is_so(&world));
            found.extend(broken.chain(true_now).map(|(name, _)| *name));
            if found.contains(until) {
                break;
            }
            // What is broken once needs no breaking again.
            if PROMISES.iter().any(|(_, holds)| !holds(&world)) {
                continue;
            }
            for step in Self::steps(&world) {
                if let Some(world) = self.next(&world, step)
                    && seen.insert(world.clone())
                {
                    next.push_back(world);
                }
            }
        }
        (seen.len(), found)
    }
}

type Claim = (&'static str, fn(&World) -> bool);

const OVER: &str = "a window admits more than its cap";
const UNCHARGED: &str = "what may be spent is not charged";
const LEAK: &str = "money is lost or made";

/// What holds in every world, by what it is called where it does not.
const PROMISES: [Claim; 4] = [
    (OVER, |world| world.admitted.iter().all(|admitted| *admitted <= CAP)),
    (UNCHARGED, |world| world.used >= world.admitted[usize::from(world.window)]),
    (LEAK, |world| world.granted <= CEILING && world.granted == world.left + held(world)),
    ("what may be paid is not held", |world| spent(world) <= held(world)),
];

/// What some world comes to.
const HOPES: [Claim; 2] = [
    ("the whole quota was had", |world| world.admitted[0] == CAP),
    ("and that of the next hour", |world| world.admitted[1] == CAP),
];

// Goal: no order of steps, crashes and messages breaks a promise, and the whole quota can be had.
#[test]
fn every_order_is_safe() {
    let (worlds, found) = Guarded(Fault::None).explored("nothing");
    println!("{worlds} worlds");
    let hopes: BTreeSet<_> = HOPES.iter().map(|(name, _)| *name).collect();
    assert_eq!(found, hopes);
    assert!(worlds > 10_000, "{worlds} worlds");
}

// Goal: the search finds the faults that the statement guards against.
#[test]
fn faults_are_found() {
    for (fault, broken) in [
        (Fault::ExpiryGivesBack, OVER),
        (Fault::HoursRollBack, UNCHARGED),
        (Fault::EndsTwice, LEAK),
    ] {
        let (_, found) = Guarded(fault).explored(broken);
        assert!(found.contains(broken), "{fault:?} was not found: {found:?}");
    }
}
