package main

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/cbscript/cbscript/bindings/clock"
	"github.com/cbscript/cbscript/client/cbtime"
	"github.com/cbscript/cbscript/runtime"
)

// jobsOptions are the flags that say what becomes of a script's jobs.
type jobsOptions struct {
	file        string // keeps the jobs; empty for none
	accept      bool   // also when it is another script's
	retryFailed bool
	until       moment
	maxHosts    int64 // 0 and below mean no bound
	stopAfter   int64 // 0 and below mean no bound
	rate        rate
	outcomes    string
	noOutcomes  bool
}

// jobsFlags add the flags.
func jobsFlags(cmd *cobra.Command, o *jobsOptions) {
	flags := cmd.Flags()
	flags.StringVar(&o.file, "jobs", "", "keep the jobs and what became of them in this `FILE`: a run with the same file goes on where the last one ended")
	flags.BoolVar(&o.retryFailed, "retry-failed", false, "run the jobs again that failed in an earlier run with the same --jobs")
	flags.BoolVar(&o.accept, "accept-changed", false, "use the file of --jobs although the script or its parameters have changed")
	flags.Var(&o.until, "until", "wait for sensors that are offline for this `DURATION` (72h, 3d) or until this time (default 2m for each job)")
	flags.Var((*count)(&o.maxHosts), "max-hosts", "refuse jobs for more than `N` endpoints (default none)")
	flags.Var(&o.rate, "rate", "begin no more than `N/DURATION` sessions, as 20/1m (default none)")
	flags.Var((*count)(&o.stopAfter), "stop-after-failures", "begin no further job once `N` have failed (default none)")
	flags.StringVar(&o.outcomes, "outcomes", "", "write what became of each job to this `FILE`, as JSON Lines (default beside the file of --jobs, else outcomes.jsonl in the user's state directory)")
	flags.BoolVar(&o.noOutcomes, "no-outcomes", false, "write what became of the jobs to no file")
	for name, examples := range map[string][]string{
		"until": {"1h", "8h", "72h", "7d"}, "rate": {"10/1m", "100/1h"}, "max-hosts": {"1", "10", "100"}, "stop-after-failures": {"1", "5"},
	} {
		_ = cmd.RegisterFlagCompletionFunc(name, cobra.FixedCompletions(examples, cobra.ShellCompDirectiveNoFileComp|cobra.ShellCompDirectiveKeepOrder)) // fails only when done twice
	}
}

// check refuses flags that do not go together.
func (o *jobsOptions) check(dryRun bool) error {
	switch {
	case o.file != "" && dryRun:
		return usage("a dry run keeps no jobs: what it only shows must not be taken for done later",
			"--jobs %s: cannot be used with --dry-run", o.file)
	case o.retryFailed && o.file == "":
		return usage("name the file that the failed jobs are kept in, with --jobs", "--retry-failed: there is no --jobs")
	case o.accept && o.file == "":
		return usage("name the file, with --jobs", "--accept-changed: there is no --jobs")
	case o.noOutcomes && o.outcomes != "":
		return usage("leave one of them out", "--outcomes %s: cannot be used with --no-outcomes", o.outcomes)
	}
	return nil
}

// moment is a flag that takes a duration from now on, or a time.
type moment struct {
	after time.Duration // more than 0 when a duration was given
	at    time.Time     // else the time
}

// Set reads the moment.
func (m *moment) Set(text string) error {
	if d, err := clock.ParseDuration(text); err == nil {
		if d <= 0 {
			return fmt.Errorf("want more than 0")
		}
		*m = moment{after: time.Duration(d)}
		return nil
	}
	t, err := cbtime.Parse(text)
	if err != nil {
		return fmt.Errorf("want a duration such as 72h or 3d, or a time such as 2006-01-02T15:04:05Z")
	}
	*m = moment{at: t}
	return nil
}

// Type is how the help calls the value.
func (m *moment) Type() string { return "DURATION" }

// String is empty: the help gives the default in words.
func (m *moment) String() string { return "" }

// from gives the time that is meant, at a time now; zero when none was given. A time that is over is an error.
func (m *moment) from(now time.Time) (time.Time, error) {
	switch {
	case m.after > 0:
		return now.Add(m.after), nil
	case m.at.IsZero():
		return time.Time{}, nil
	case !m.at.After(now):
		return time.Time{}, usage("a time without a zone is in UTC, where it is "+now.UTC().Format("2006-01-02 15:04:05")+" now",
			"--until: %s is over", m.at.Format(time.RFC3339))
	}
	return m.at, nil
}

// rate is a flag that takes a number of things in a time.
type rate struct {
	n   int
	per time.Duration
}

// maxRate is more sessions at once than any server has room for.
const maxRate = 1_000_000

// Set reads the rate. The duration may be a unit alone: 5/s.
func (r *rate) Set(text string) error {
	bad := fmt.Errorf("want N/DURATION, such as 20/1m")
	number, span, ok := strings.Cut(text, "/")
	n, err := strconv.Atoi(number)
	if !ok || err != nil || n < 1 || n > maxRate {
		return bad
	}
	per, err := clock.ParseDuration(span)
	if err != nil {
		if per, err = clock.ParseDuration("1" + span); err != nil {
			return bad
		}
	}
	if per <= 0 {
		return bad
	}
	*r = rate{n: n, per: time.Duration(per)}
	return nil
}

// Type is how the help calls the value.
func (r *rate) Type() string { return "N/DURATION" }

// String is empty: the help gives the default in words.
func (r *rate) String() string { return "" }

// bound gives the number of a count, 0 for no bound.
func bound(n int64) int {
	if n == runtime.Unlimited {
		return 0
	}
	return int(n)
}
