// Package outcomes tells what became of the jobs of a run: in a line of counts, in a table for people, and in rows for
// programs.
//
// A [Ledger] keeps what is known of the jobs while they run, so that also a run that was broken off can be told of:
//
//	ledger := outcomes.NewLedger(store)
//	plan := &jobs.Plan{Store: ledger, Ended: ledger.Ended}
//	... a run with that plan ...
//	list := ledger.Records()
//	outcomes.Write(os.Stderr, list, outcomes.Options{Width: 80})
//
// What the package does not do: it runs no jobs, and decides nothing about them.
package outcomes
