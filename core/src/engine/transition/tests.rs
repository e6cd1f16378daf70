use super::*;
use expect_test::{Expect, expect};

fn rules(on_failure: OnFailure) -> Rules {
    let step = StepRule { bakes: true, raises: true };
    Rules { steps: vec![StepRule { bakes: false, raises: false }, step, step], failure_threshold: 2, on_failure }
}

fn why(text: &str) -> Reason {
    Reason::Gate(text.to_owned())
}

fn text() -> String {
    "x".to_owned()
}

/// Plays events from the start and writes down the states.
#[track_caller]
fn play(rules: &Rules, events: &[Event], expect: &Expect) {
    let mut state = State::Ready;
    let mut lines = String::new();
    for event in events {
        let (next, command) = transition(rules, state, event.clone()).unwrap();
        lines += &match &command {
            Command::End(outcome) => format!("{outcome:?}\n"),
            other => format!("{other:?}\n"),
        };
        state = next;
    }
    expect.assert_eq(&lines);
}

#[test]
fn a_run_that_goes_well() {
    use Event::*;
    let events = [
        Begin,
        Passed,
        Written,
        Seen,
        Failed(text()),
        Inconclusive(text()),
        Passed,
        Written,
        Unseen(text()),
        Seen,
        Passed,
        Elapsed(text()),
        Passed,
        Written,
        Seen,
        Elapsed(text()),
        Passed,
    ];
    play(
        &rules(OnFailure::RollBack),
        &events,
        &expect![[r#"
        AskBefore { step: 0, wait: false }
        Apply { step: 0 }
        Verify { step: 0, wait: false }
        AskBefore { step: 1, wait: false }
        AskBefore { step: 1, wait: true }
        AskBefore { step: 1, wait: true }
        Apply { step: 1 }
        Verify { step: 1, wait: false }
        Verify { step: 1, wait: true }
        AskBaking { step: 1 }
        AskBaking { step: 1 }
        AskBefore { step: 2, wait: false }
        Apply { step: 2 }
        Verify { step: 2, wait: false }
        AskBaking { step: 2 }
        AskBefore { step: 3, wait: false }
        Settled
    "#]],
    );
}

#[test]
fn a_gate_that_fails_in_a_bake_rolls_back_once_the_threshold_is_met() {
    use Event::*;
    let bad = || Failed("green is down".to_owned());
    let events =
        [Begin, Passed, Written, Seen, Passed, Written, Seen, bad(), Passed, bad(), bad(), Passed, Written, Seen];
    play(
        &rules(OnFailure::RollBack),
        &events,
        &expect![[r#"
        AskBefore { step: 0, wait: false }
        Apply { step: 0 }
        Verify { step: 0, wait: false }
        AskBefore { step: 1, wait: false }
        Apply { step: 1 }
        Verify { step: 1, wait: false }
        AskBaking { step: 1 }
        AskBaking { step: 1 }
        AskBaking { step: 1 }
        AskBaking { step: 1 }
        AskBack { step: 1, wait: false }
        RollBack
        VerifyBack { wait: false }
        RolledBack(Gate("green is down"))
    "#]],
    );
}

#[track_caller]
fn check(on_failure: OnFailure, state: State, event: Event, expect: (State, Command)) {
    assert_eq!(transition(&rules(on_failure), state, event), Ok(expect));
}

fn end(outcome: Outcome) -> (State, Command) {
    (State::Done, Command::End(outcome))
}

fn still(reason: Reason) -> (State, Command) {
    end(Outcome::Held { reason, instead_of_rollback: None })
}

#[test]
fn nothing_to_do_is_settled() {
    let none = Rules { steps: Vec::new(), failure_threshold: 1, on_failure: OnFailure::RollBack };
    assert_eq!(transition(&none, State::Ready, Event::Begin), Ok(end(Outcome::Settled)));
}

#[test]
fn nothing_rises_where_green_never_comes_up() {
    for step in [0, 1] {
        let waiting = State::Gating { step, fails: 0 };
        let ask = Command::AskBefore { step, wait: true };
        check(OnFailure::RollBack, waiting.clone(), Event::Failed(text()), (waiting.clone(), ask));
        check(OnFailure::RollBack, waiting, Event::Elapsed(text()), still(Reason::GateTimeout(text())));
    }
}

#[test]
fn a_gate_that_will_never_tell_is_not_waited_for() {
    let before = |step| State::Gating { step, fails: 0 };
    let never = || Event::Unanswerable(text());
    check(OnFailure::RollBack, before(1), never(), still(why("x")));
    // Once traffic moved it is a fail like others, which a threshold may forgive.
    let again = Command::AskBefore { step: 2, wait: true };
    check(OnFailure::Hold, before(2), never(), (State::Gating { step: 2, fails: 1 }, again));
    check(OnFailure::Hold, State::Gating { step: 2, fails: 1 }, never(), still(why("x")));
    check(OnFailure::Hold, State::Baking { step: 1, fails: 1 }, never(), still(why("x")));
}

#[test]
fn once_traffic_moved_a_gate_that_stays_unclear_is_a_failure() {
    let waiting = State::Gating { step: 2, fails: 0 };
    let back = State::RollbackGating { step: 1, reason: Reason::GateTimeout(text()) };
    let ask = Command::AskBack { step: 1, wait: false };
    check(OnFailure::RollBack, waiting.clone(), Event::Elapsed(text()), (back, ask));
    check(OnFailure::Hold, waiting, Event::Elapsed(text()), still(Reason::GateTimeout(text())));
}

#[test]
fn hold_holds() {
    let failing = State::Baking { step: 1, fails: 1 };
    check(OnFailure::Hold, failing, Event::Failed(text()), still(why("x")));
}

#[test]
fn blue_down_too_holds_and_says_so() {
    let back = State::RollbackGating { step: 1, reason: why("green") };
    let blue = || "blue".to_owned();
    for event in [Event::Failed(blue()), Event::Unanswerable(blue()), Event::Elapsed(blue())] {
        let outcome = Outcome::Held { reason: why("green"), instead_of_rollback: Some("blue".to_owned()) };
        check(OnFailure::RollBack, back.clone(), event, end(outcome));
    }
}

#[test]
fn a_write_that_fails_is_undone_on_all_and_then_the_policy_decides() {
    let reason = || Reason::Write(text());
    let undoing = |step| State::Undoing { step, reason: reason() };
    let applying = State::Applying { step: 2 };
    let asking = State::UndoGating { step: 2, reason: reason() };
    let ask = Command::AskUndo { step: 2, wait: false };
    check(OnFailure::Hold, applying, Event::WriteFailed(text()), (asking.clone(), ask));
    check(OnFailure::Hold, asking.clone(), Event::Passed, (undoing(2), Command::Undo { step: 2 }));
    let dead = Outcome::Held { reason: reason(), instead_of_rollback: Some("green is down".to_owned()) };
    check(OnFailure::Hold, asking, Event::Failed("green is down".to_owned()), end(dead));
    check(OnFailure::Hold, undoing(2), Event::Written, still(reason()));
    let back = State::RollbackSettling { reason: reason() };
    check(OnFailure::Hold, undoing(0), Event::Written, (back, Command::VerifyBack { wait: false }));
    let stuck = Outcome::Stuck { reason: reason(), undo: "y".to_owned() };
    check(OnFailure::RollBack, undoing(2), Event::WriteFailed("y".to_owned()), end(stuck));
}

#[test]
fn a_failure_to_tidy_up_moves_no_traffic() {
    let mut rules = rules(OnFailure::RollBack);
    rules.steps.push(StepRule { bakes: false, raises: false });
    let failed = transition(&rules, State::Applying { step: 3 }, Event::WriteFailed(text()));
    assert_eq!(failed, Ok(still(Reason::Write(text()))));
    let unseen = transition(&rules, State::Settling { step: 3 }, Event::Elapsed(text()));
    assert_eq!(unseen, Ok(still(Reason::NotSettled(text()))));
}

#[test]
fn a_way_back_is_not_forced_on_someone_else() {
    for state in [State::Undoing { step: 1, reason: why("r") }, State::RollingBack { reason: why("r") }] {
        let (_, Command::End(Outcome::Held { instead_of_rollback: Some(why), .. })) =
            transition(&rules(OnFailure::RollBack), state, Event::Moved("it is 0 now".to_owned())).unwrap()
        else {
            panic!("it is held");
        };
        assert!(why.contains("it is 0 now"));
    }
}

#[test]
fn a_step_that_is_unfinished_is_written_on_within_the_time_it_has_to_settle() {
    let settling = State::Settling { step: 2 };
    check(OnFailure::Hold, settling.clone(), Event::Unfinished(text()), (settling.clone(), Command::Apply { step: 2 }));
    let look = Command::Verify { step: 2, wait: true };
    check(OnFailure::Hold, settling.clone(), Event::Written, (settling.clone(), look));
    check(OnFailure::Hold, settling.clone(), Event::Elapsed(text()), still(Reason::NotSettled(text())));
    check(OnFailure::Hold, settling, Event::Abandoned, still(Reason::StoppedInWrite));
    let back = State::RollbackSettling { reason: why("r") };
    check(OnFailure::Hold, back.clone(), Event::Unfinished(text()), (back.clone(), Command::RollBack));
    check(OnFailure::Hold, back.clone(), Event::Written, (back, Command::VerifyBack { wait: true }));
}

#[test]
fn someone_elses_change_is_not_fought() {
    check(OnFailure::RollBack, State::Applying { step: 2 }, Event::Moved(text()), still(Reason::Moved(text())));
}

fn every_state() -> Vec<State> {
    let reason = why("r");
    vec![
        State::Ready,
        State::Gating { step: 0, fails: 0 },
        State::Gating { step: 2, fails: 1 },
        State::Gating { step: 3, fails: 1 },
        State::Applying { step: 1 },
        State::Settling { step: 0 },
        State::Settling { step: 2 },
        State::Baking { step: 1, fails: 0 },
        State::UndoGating { step: 1, reason: reason.clone() },
        State::Undoing { step: 1, reason: reason.clone() },
        State::RollbackGating { step: 1, reason: reason.clone() },
        State::RollingBack { reason: reason.clone() },
        State::RollbackSettling { reason },
        State::Done,
    ]
}

fn every_event() -> Vec<Event> {
    vec![
        Event::Begin,
        Event::Passed,
        Event::Failed(text()),
        Event::Inconclusive(text()),
        Event::Unanswerable(text()),
        Event::Elapsed(text()),
        Event::Written,
        Event::Moved(text()),
        Event::WriteFailed(text()),
        Event::Seen,
        Event::Unseen(text()),
        Event::Unfinished(text()),
        Event::Stop,
        Event::Abandoned,
        Event::OutOfTime,
    ]
}

#[test]
fn every_pair_has_an_answer_and_stop_always_ends() {
    for on_failure in [OnFailure::RollBack, OnFailure::Hold] {
        for state in every_state() {
            for event in every_event() {
                let answer = transition(&rules(on_failure), state.clone(), event.clone());
                let running = !matches!(state, State::Ready | State::Done);
                match (&event, &answer) {
                    (Event::Stop, answer) if running => {
                        assert!(matches!(answer, Ok((State::Done, Command::End(_)))), "{state:?}");
                    }
                    (_, Ok((next, command))) => {
                        assert_eq!(*next == State::Done, matches!(command, Command::End(_)), "{state:?} {event:?}");
                    }
                    (_, Err(impossible)) => assert_eq!(impossible, &Impossible { state: state.clone(), event }),
                }
            }
        }
    }
}

#[test]
fn no_pair_writes_forward_but_a_gate_that_passes_and_a_step_that_is_unfinished() {
    for state in every_state() {
        for event in every_event() {
            if let Ok((_, Command::Apply { .. })) =
                transition(&rules(OnFailure::RollBack), state.clone(), event.clone())
            {
                let begins = matches!(state, State::Gating { .. }) && event == Event::Passed;
                let goes_on = matches!(state, State::Settling { .. }) && matches!(event, Event::Unfinished(_));
                assert!(begins || goes_on, "{state:?} {event:?}");
            }
        }
    }
}
