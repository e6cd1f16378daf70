//! How a run ended, and why one did not begin.

super::family! { "Runs", "How an apply ended that moves traffic, or why it did not begin. The detail says what failed, on \
which object, where the traffic stands now, and what happened when. The state has what is true also after an error.";

ROLLED_BACK: Error "Green's share was rolled back from {share} to {share}",
    "A step failed: a gate, a write, or a wait for what was written. The traffic is where it was when this apply began.",
    "Mend what the detail names, then apply again; the ramp starts from here.";
HELD: Error "Green's share is held at {share} on its way to {share}",
    "The run ended in the middle, and the traffic stays where it is: Terraform was stopped, the time was over, someone else \
     changed the weights, `on_failure` is `\"hold\"`, or going back would have sent traffic to a side that cannot serve.",
    "Apply again to go on from here; or lower `green_weight` and apply to go back. Where someone else writes the weights, \
     find out who, before that.";
STUCK: Error "Green's share is stuck at {share}",
    "A step failed, and so did the way back. This is the one end that needs a person at once: where the routes stand is in \
     the detail, and they may differ.",
    "Look at the traffic now. Lower `green_weight` and apply to go back, or apply again to go on.";
CUT_OVER_ROLLED_BACK: Error "The cut-over was rolled back: {who is registered}",
    "A step of a cut-over failed, and who was registered when this apply began is registered again.",
    "Mend what the detail names, then apply again; the steps start from here.";
CUT_OVER_HELD: Error "The cut-over is held on its way to {serving}: {who is registered}",
    "The cut-over ended in the middle, and the targets stay as they are.",
    "Apply again to go on; or set `serving` to where it was, and apply, to go back.";
CUT_OVER_STUCK: Error "The cut-over is stuck on its way to {serving}: {who is registered}",
    "A step failed, and so did the way back.",
    "Look at the targets now. Set `serving` to where it was and apply to go back, or apply again to go on.";
THE_MIGRATION_IS_HELD: Error "The migration of {node group} is held at {stage}",
    "A move between node groups ended in the middle. Nothing moves by itself; what was changed is noted on the objects.",
    "Mend what the detail names, then apply again to go on; or destroy the resource to put everything back.";
NOT_DRAINED: Error "{side} is not drained",
    "Traffic moved and stays where it was asked to be, but the idle side was not seen left by it: requests are still \
     counted there, or whether they are could not be told.",
    "Keep both sides. Find out who still sends there, then apply again to go on waiting.";
WEIGHTS_HAVE_CHANGED_SINCE_THE_PLAN: Error "Weights have changed since the plan",
    "Between the plan and the apply someone else changed the weights. Nothing was written: what was reviewed is not what \
     would be done.",
    "Plan again, review what it shows, and apply that.";
SHARES_HAVE_CHANGED_SINCE_THE_PLAN: Error "Shares have changed since the plan",
    "The same of a port swap: the stage's canary or its integrations changed.",
    "Plan again, review what it shows, and apply that.";
REGISTRATIONS_HAVE_CHANGED_SINCE_THE_PLAN: Error "Registrations have changed since the plan",
    "The same of a cut-over: who is registered changed.",
    "Plan again, review what it shows, and apply that.";
WEIGHTS_HAVE_CHANGED: Error "Weights have changed",
    "They changed while a plan was being made.",
    "Plan again.";
SHARES_HAVE_CHANGED: Error "Shares have changed",
    "A stage's canary or its integrations changed while a plan was being made.",
    "Plan again.";
REGISTRATIONS_HAVE_CHANGED: Error "Registrations have changed",
    "Who is registered changed while a plan was being made.",
    "Plan again.";
STOPPED: Error "Stopped",
    "Terraform was told to stop (Ctrl-C, or a timeout of what runs it) before there was anything to undo.",
    "Plan or apply again.";
GATE_NOT_USABLE: Error "Gate not usable",
    "A gate could not be set up, its probe's client for example. Nothing was written.",
    "Correct the gate as the detail says, and apply again.";
DRAINING_TAKES: Warning "Draining {side} takes {time}",
    "Sessions, connections or TTLs keep clients on the idle side longer than CloudWatch takes to tell, and \
     `wait_for_drain` waits for that.",
    "Allow for it in `wait_for_drain.timeout` and in the timeouts of whatever runs Terraform; or leave `wait_for_drain` out.";
DRAIN_NOT_OBSERVABLE: Warning "Drain of {side} not observable",
    "What the idle side consists of is counted nowhere, so that the apply would move the traffic and then fail.",
    "Take `wait_for_drain` out, and look where the side is served.";
DRAIN_NOT_PREDICTABLE: Warning "Drain of {side} not predictable",
    "What keeps clients on the idle side could not be read, so that the plan cannot say how long a drain takes.",
    "Grant what the detail says is denied. The apply waits all the same.";
DESTROYING_A_SHIFT: Warning "Destroying a shift that stands at {share}",
    "What a destroy does to the traffic: nothing, with `on_destroy = \"keep\"`, or it sends all of it to one side first.",
    "See that it is what you want. Otherwise settle at 0 or 100 first, or set `on_destroy`, apply, and then destroy.";
DESTROYING_A_CUT_OVER: Warning "Destroying a cut-over that stands at {who is registered}",
    "What a destroy does to the registrations: nothing, with `on_destroy = \"keep\"`, or one side takes over first.",
    "See that it is what you want. Otherwise settle on one side first.";
}
