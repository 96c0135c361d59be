package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"time"

	"github.com/cbscript/cbscript/client/jobs"
	"github.com/cbscript/cbscript/client/jobs/jobstore"
	"github.com/cbscript/cbscript/client/journal"
	"github.com/cbscript/cbscript/runtime/outcomes"
	"github.com/cbscript/cbscript/runtime/output"
)

// runJobs is what a run does about the jobs of its script: it keeps them, shows how far they are, and tells in the end
// what became of them.
type runJobs struct {
	p      *program
	o      jobsOptions
	plan   *jobs.Plan
	store  *jobstore.Store // nil without --jobs
	ledger *outcomes.Ledger
	source journal.Source
	begun  time.Time
	lines  string // the file of outcomes, empty for none
	width  int

	mu     sync.Mutex
	begin  func() *output.Status // nil without a terminal, and at the end
	status *output.Status        // nil before the first job

	over sync.Once
	err  error
}

// openJobs opens what the flags name, and makes the plan of the run's jobs. The caller closes it.
func (p *program) openJobs(o runOptions, asked *askedRun, screen *screen) (*runJobs, error) {
	r := &runJobs{p: p, o: o.jobs, source: hashed(asked.script), begun: time.Now(), width: screen.width, ledger: outcomes.NewLedger(nil)}
	until, err := r.o.until.from(r.begun)
	if err != nil {
		return nil, err
	}
	r.plan = &jobs.Plan{RetryFailed: r.o.retryFailed, Until: until, MaxEndpoints: bound(r.o.maxHosts), StopAfter: bound(r.o.stopAfter),
		Rate: jobs.Rate{Sessions: r.o.rate.n, Per: r.o.rate.per}}
	if r.o.file != "" {
		id := jobstore.Identity{Script: r.source.Script, SHA256: r.source.SHA256, Params: asked.params.Texts()}
		if r.store, err = p.openStore(r.o, id); err != nil {
			return nil, err
		}
		r.plan.Run, r.ledger = r.store.Run(), outcomes.NewLedger(r.store)
	}
	r.plan.Store, r.plan.Ended = r.ledger, r.ledger.Ended
	if o.host.demo {
		r.plan.Store = demoStore{r.ledger}
		r.plan.Ended = func(one jobs.Record) {
			one.Key = demoKey(one.Key)
			r.ledger.Ended(one)
		}
	}
	if screen.status != nil {
		r.begin, r.plan.Changed = screen.status, r.changed
	}
	r.lines = r.outcomesFile(o.dryRun)
	if r.store != nil && sameFile(r.lines, r.store.Path()) {
		return nil, errors.Join(usage("name another file", "--outcomes %s: that is the file of --jobs", r.o.outcomes), r.close())
	}
	return r, nil
}

// sameFile reports whether two names lead to one file.
func sameFile(a, b string) bool {
	one, err := os.Stat(a)
	if err != nil {
		return false
	}
	other, err := os.Stat(b)
	return err == nil && os.SameFile(one, other)
}

// changed shows how far the jobs are.
func (r *runJobs) changed(c jobs.Counts) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.begin == nil {
		return // the run is over, and told of
	}
	if r.status == nil {
		r.status = r.begin()
	}
	r.status.Set(outcomes.Progress(c))
}

// unshow takes how far the jobs are off the screen.
func (r *runJobs) unshow() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.begin = nil
	if r.status != nil {
		r.status.End()
	}
}

// openStore opens the file of --jobs.
func (p *program) openStore(o jobsOptions, id jobstore.Identity) (*jobstore.Store, error) {
	var options []jobstore.Option
	if o.accept {
		options = append(options, jobstore.Adopt())
	}
	store, err := jobstore.Open(p.opened(o.file), id, options...)
	var mismatch *jobstore.MismatchError
	switch {
	case errors.As(err, &mismatch):
		return nil, usage("name another file; or, if the work of each job is the same, use this one with --accept-changed", "--jobs: %w", err)
	case err != nil:
		return nil, usage(hintOf(err), "--jobs: %w", err)
	}
	return store, nil
}

// outcomesFile is where the outcomes go as JSON Lines, empty for nowhere.
func (r *runJobs) outcomesFile(dryRun bool) string {
	switch {
	case r.o.noOutcomes:
		return ""
	case r.o.outcomes != "":
		return r.p.opened(r.o.outcomes)
	case r.o.file != "":
		return r.p.opened(r.o.file) + ".outcomes.jsonl"
	case dryRun || r.p.stateDir() == "":
		return ""
	}
	return filepath.Join(r.p.stateDir(), "outcomes.jsonl")
}

// finish tells what became of the jobs, once: in a table, and in a file. Without jobs it does nothing. It does so also when
// ctx has ended.
func (r *runJobs) finish(ctx context.Context) error {
	r.over.Do(func() {
		r.unshow()
		if list := r.ledger.Records(); len(list) > 0 {
			written, err := r.write(r.all(context.WithoutCancel(ctx), list))
			r.show(list, written)
			r.err = err
		}
	})
	return r.err
}

// before gives an exit of the process that tells first what became of the jobs.
func (r *runJobs) before(ctx context.Context, exit func(int)) func(int) {
	return func(code int) {
		if err := r.finish(ctx); err != nil {
			r.p.report(err)
		}
		exit(code)
	}
}

// close lets go of the file of --jobs.
func (r *runJobs) close() error {
	if r.store == nil {
		return nil
	}
	return r.store.Close()
}

// all gives the jobs of the file of --jobs, of which a run that was broken off has seen only some, and else the run's own.
func (r *runJobs) all(ctx context.Context, list []jobs.Record) []jobs.Record {
	if r.store == nil {
		return list
	}
	var kept []jobs.Record
	for one, err := range r.store.All(ctx) {
		if err != nil {
			return list // the run has failed with that
		}
		one.Value = nil // there may be many of them
		kept = append(kept, one)
	}
	outcomes.Sort(kept)
	return kept
}

// write writes the outcomes to their file. Only a file that the user named has to be written.
func (r *runJobs) write(list []jobs.Record) (written bool, err error) {
	if r.lines == "" {
		return false, nil
	}
	rows := make([]output.Row, len(list))
	for i, one := range list {
		rows[i] = append(output.Row{{Name: "script", Value: r.source.Script}, {Name: "sha256", Value: r.source.SHA256}, {Name: "begun", Value: r.begun.UTC()}},
			outcomes.Row(one)...)
	}
	text, err := outcomes.Lines(rows)
	if err == nil {
		if r.o.outcomes == "" && r.o.file == "" {
			err = outcomes.Append(r.lines, text)
		} else {
			err = outcomes.Replace(r.lines, text)
		}
	}
	if err != nil && r.o.outcomes == "" {
		r.p.warn(err.Error())
		return false, nil
	}
	return err == nil, err
}

// show writes the table of outcomes to standard error.
func (r *runJobs) show(list []jobs.Record, written bool) {
	p := r.p
	p.complain("note", outcomes.Summary(list, r.plan.Run))
	done, others, err := outcomes.Write(p.err, list, outcomes.Options{Width: r.width})
	if err != nil {
		return // there is nobody left to tell
	}
	if left := leftOut(done, others); left != "" {
		switch {
		case written:
			left += ": all are in " + r.lines
		case r.o.file != "":
			left += fmt.Sprintf(": %q shows all", "cbscript jobs "+r.o.file)
		}
		p.complain("note", left)
	}
	if left, failed := toDo(list); r.o.file != "" {
		if left > 0 {
			p.complain("hint", fmt.Sprintf("run the same command again for what is left (%s)", counted(left, "job")))
		}
		if failed > 0 {
			p.complain("hint", fmt.Sprintf("add --retry-failed for what failed (%s)", counted(failed, "job")))
		}
	}
}

// leftOut says what a table does not have, or nothing.
func leftOut(done, others int) string {
	switch {
	case done == 0 && others == 0:
		return ""
	case others == 0:
		return fmt.Sprintf("%d that are done are not shown", done)
	case done == 0:
		return fmt.Sprintf("%d more are not shown", others)
	}
	return fmt.Sprintf("%d that are done and %d others are not shown", done, others)
}

// toDo counts the jobs that another run with the same file runs by itself, and those that it runs with --retry-failed only.
func toDo(list []jobs.Record) (left, failed int) {
	for _, r := range list {
		switch outcome := outcomes.Of(r); {
		case outcome == jobs.OutcomeOffline, outcome == jobs.OutcomeNotRun, outcome == outcomes.Interrupted && !r.Changing:
			left++
		case outcome != jobs.OutcomeDone:
			failed++
		}
	}
	return left, failed
}
