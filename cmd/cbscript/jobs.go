package main

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"github.com/cbscript/cbscript/client/jobs"
	"github.com/cbscript/cbscript/client/jobs/jobstore"
	"github.com/cbscript/cbscript/runtime/outcomes"
	"github.com/cbscript/cbscript/runtime/output"
)

// jobsCommand shows what a file of jobs holds.
func (p *program) jobsCommand() *cobra.Command {
	var format string
	cmd := &cobra.Command{
		Use:   "jobs FILE",
		Short: "Show the jobs that a run has kept",
		Long: `Show what a file that "cbscript run --jobs FILE" has made holds: the script and
the parameters that it belongs to, and what became of each job. Nothing in the
file is changed.

The outcomes:

  done          the function gave its result, which is kept
  failed        the function failed, or the sensor could not be reached
  timed out     the function took longer than it may
  interrupted   it was running when it was cancelled, or the run was broken off
  offline       the sensor has not checked in
  not run       its turn has not come

The next run with the file runs the last three. But an interrupted job that had
begun to change something is failed then, and runs again with --retry-failed
only, as the others that failed.`,
		Example: `  cbscript jobs fleet.jobs
  cbscript jobs fleet.jobs --output csv > outcomes.csv`,
		Args: arguments(1, 1, "a file"),
		RunE: func(cmd *cobra.Command, args []string) error { return p.showJobs(cmd.Context(), args[0], format) },
	}
	outputFlag(cmd, &format)
	return cmd
}

// showJobs writes what is in a file.
func (p *program) showJobs(ctx context.Context, file, format string) error {
	rows, err := rowsTo(p.out, format)
	if err != nil {
		return err
	}
	list, head, err := p.readJobs(ctx, file)
	if err != nil {
		return err
	}
	width := widthOf(p.out)
	if format == "table" || format == "" && width > 0 {
		fmt.Fprintf(p.out, "script:     %s (sha256 %s)\n", output.VisibleLine(head.Script), output.VisibleLine(head.SHA256))
		if given := shownParams(head.Params); given != "" {
			fmt.Fprintf(p.out, "parameters: %s\n", given)
		}
		fmt.Fprintf(p.out, "runs:       %d, the first on %s UTC\n%s\n", head.Runs, head.Created.UTC().Format("2006-01-02 15:04:05"), outcomes.Summary(list, 0))
		_, _, err := outcomes.Write(p.out, list, outcomes.Options{Width: width, All: true})
		return err
	}
	for _, r := range list {
		if err := rows.Write(outcomes.Row(r)); err != nil {
			return err
		}
	}
	return rows.Close()
}

// readJobs reads a file of jobs.
func (p *program) readJobs(ctx context.Context, file string) ([]jobs.Record, jobstore.Head, error) {
	store, head, err := jobstore.View(p.opened(file))
	if err != nil {
		return nil, jobstore.Head{}, usage(hintOf(err), "%w", err)
	}
	defer store.Close() // it was only read
	var list []jobs.Record
	for r, err := range store.All(ctx) {
		if err != nil {
			return nil, jobstore.Head{}, usage(hintOf(err), "%w", err)
		}
		r.Value = nil // there may be many of them
		list = append(list, r)
	}
	outcomes.Sort(list)
	return list, head, nil
}

// shownParams are a script's parameters as they were given: --days 7 --host "a b".
func shownParams(params map[string][]string) string {
	var parts []string
	for _, name := range slices.Sorted(maps.Keys(params)) {
		for _, value := range params[name] {
			if value == "" || strings.ContainsAny(value, " \t\"'\\") {
				value = strconv.Quote(value)
			}
			parts = append(parts, "--"+name+" "+value)
		}
	}
	return output.VisibleLine(strings.Join(parts, " "))
}
