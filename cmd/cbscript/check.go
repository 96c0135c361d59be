package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"runtime/debug"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/cbscript/cbscript/client/nearest"
	"github.com/cbscript/cbscript/runtime"
	"github.com/cbscript/cbscript/runtime/check"
	"github.com/cbscript/cbscript/runtime/check/report"
	"github.com/cbscript/cbscript/runtime/servers"
)

// checkOptions are the flags and arguments of check.
type checkOptions struct {
	paths      []string
	format     string
	files      []string
	allowNames bool
	bundles    bundleOptions
}

// checkFormats are the values of check's --format.
func checkFormats() []string { return []string{"text", "json", "sarif"} }

// checkCommand judges scripts before they are shared.
func (p *program) checkCommand() *cobra.Command {
	var o checkOptions
	cmd := &cobra.Command{
		Use:   "check PATH...",
		Short: "Look for credentials in scripts, and tell what they need",
		Long: `Look for embedded credentials in scripts and in the files beside them, without
running anything, and tell which products, capabilities, parameters, modules and
models a script uses. A directory is checked as a whole.

Hashes, GUIDs and other indicators pass by their context. The secrets and the
servers' names of your own profiles are looked for as they are and in several
encodings. A finding says how to mend it; a value that is no credential can be
allowed on its line:

  x = "..."  # cbscript:allow RULE why this is none

The exit code is 1 when something was found. cbscript run refuses such a script
too, unless --trust is given.`,
		Example: `  cbscript check hunt.star
  cbscript check --format sarif scripts > check.sarif`,
		Args: arguments(1, int(^uint(0)>>1), "at least one file or directory"),
		RunE: func(cmd *cobra.Command, args []string) error {
			o.paths = args
			ctx, stop := p.interruptible(cmd.Context())
			defer stop()
			return p.check(ctx, o)
		},
	}
	flags := cmd.Flags()
	flags.StringVar(&o.format, "format", "text", "write the findings as `FORMAT`: "+strings.Join(checkFormats(), ", "))
	lockFlag(cmd, &o.bundles)
	flags.BoolVar(&o.allowNames, "allow-names", false, "do not look for the host names and organisations of your profiles")
	credentialsFlag(cmd, &o.files)
	_ = cmd.RegisterFlagCompletionFunc("format", cobra.FixedCompletions(checkFormats(), cobra.ShellCompDirectiveNoFileComp)) // fails only when done twice
	return cmd
}

// found is the error of a check that found something. The report has told what.
type found struct{}

// Error is empty: there is nothing more to tell.
func (*found) Error() string { return "" }

// check writes a report about paths.
func (p *program) check(ctx context.Context, o checkOptions) error {
	if !slices.Contains(checkFormats(), o.format) {
		advice := "want one of " + strings.Join(checkFormats(), ", ")
		if near := nearest.Name(o.format, checkFormats()); near != "" {
			advice = "did you mean " + near + "?"
		}
		return usage(advice, "unknown format %q for --format", o.format)
	}
	reports, err := p.checkPaths(ctx, o)
	if errors.Is(err, fs.ErrNotExist) {
		return usage("paths are relative to the current directory", "%w", err)
	}
	if err != nil {
		return err
	}
	switch o.format {
	case "json":
		err = report.JSON(p.out, reports)
	case "sarif":
		info, _ := debug.ReadBuildInfo()
		if info == nil {
			info = &debug.BuildInfo{}
		}
		err = report.SARIF(p.out, reports, versionOf(info))
	default:
		err = report.Text(p.out, reports)
	}
	if err == nil && slices.ContainsFunc(reports, func(r check.Report) bool { return !r.OK() }) {
		return &found{}
	}
	return err
}

// checkPaths judges what was named, each with the bundles that are locked for it.
func (p *program) checkPaths(ctx context.Context, o checkOptions) ([]check.Report, error) {
	options := check.Options{Surface: servers.NewSurface(), Known: p.knownValues(o.files), AllowNames: o.allowNames}
	var reports []check.Report
	for _, name := range o.paths {
		dir := name
		if info, err := os.Stat(p.path(name)); err == nil && !info.IsDir() {
			dir = filepath.Dir(name)
		}
		options.Bundle = p.installedBundles(o.bundles, dir)
		found, err := unlessEnded(ctx, func() ([]check.Report, error) { return check.Paths(ctx, []string{p.opened(name)}, options) })
		if err != nil {
			return nil, err
		}
		switch isScript := func(r check.Report) bool { return r.Script }; {
		case len(found) == 0:
			return nil, usage("name a script, or a directory that holds some", "there is nothing to check in %q", name)
		case dir == name && !slices.ContainsFunc(found, isScript):
			p.complain("warning", fmt.Sprintf("no script is in %q: of its %s only the credentials were looked for", name, counted(len(found), "file")))
		}
		reports = append(reports, found...)
	}
	return reports, nil
}

// unlessEnded gives what judge gives, or the cause of the end of ctx as soon as it ends, however long a file system or a large
// file takes: the program ends then, and the judging with it.
func unlessEnded(ctx context.Context, judge func() ([]check.Report, error)) ([]check.Report, error) {
	type outcome struct {
		reports []check.Report
		err     error
	}
	done := make(chan outcome, 1)
	go func() {
		reports, err := judge()
		done <- outcome{reports, err}
	}()
	select {
	case o := <-done:
		return o.reports, o.err
	case <-ctx.Done():
		return nil, context.Cause(ctx)
	}
}

// judge gives why a script may not run. With --trust it may: then what the check found is told instead.
func (p *program) judge(ctx context.Context, script *runtime.Script, o runOptions) error {
	if o.trust && strings.HasPrefix(o.script, bundleScheme) {
		return nil // the review of the bundle has told it
	}
	lines, remedies, err := p.credentialsIn(ctx, script, o.host)
	switch {
	case ctx.Err() != nil:
		return context.Cause(ctx)
	case err != nil && o.trust:
		p.warn(fmt.Sprintf("%s could not be checked: %v\nit is run all the same: --trust", script.Name, err))
		return nil
	case err != nil:
		return err
	case len(lines) == 0:
		return nil
	}
	what, where := fmt.Sprintf("%s holds what looks like a credential", script.Name), strings.Join(lines, "\n")
	if o.trust {
		p.warn(what + ":\n" + where + "\nit is run all the same: --trust")
		return nil
	}
	return &refusal{what + ", so it is not run:\n" + where, remedies[0] + " --trust runs it as it is."}
}

// credentialsIn checks a script, and every file that it loads, and gives a line and a remedy for each credential. What the
// check finds about names is left to the run.
func (p *program) credentialsIn(ctx context.Context, script *runtime.Script, o hostOptions) (lines, remedies []string, err error) {
	options := check.Options{Surface: servers.NewSurface(), Known: p.knownValues(o.files), AllowNames: true}
	main, err := check.Script(script.Name, []byte(script.Source), options)
	if err != nil {
		return nil, nil, usage("", "%s: %w", script.Name, err)
	}
	reports := []check.Report{main}
	seen := map[string]bool{script.Path: true}
	next := loadedFiles(script.Path, main)
	for len(next) > 0 && script.Files != nil {
		name := next[0]
		next = next[1:]
		if seen[name] || !fs.ValidPath(name) {
			continue
		}
		seen[name] = true
		loaded, err := check.File(ctx, script.Files, name, options)
		if errors.Is(err, fs.ErrNotExist) {
			continue // the run says so, at the line that loads it
		}
		if err != nil {
			return nil, nil, err
		}
		reports = append(reports, loaded)
		next = append(next, loadedFiles(name, loaded)...)
	}
	for _, r := range reports {
		for _, f := range r.Findings {
			if f.Severity == check.Error && f.Excerpt != "" { // only a finding about a value has one
				lines = append(lines, fmt.Sprintf("%s:%d:%d: %s: %s", f.File, f.Line, f.Column, f.Message, f.Excerpt))
				remedies = append(remedies, f.Remedy)
			}
		}
	}
	return lines, remedies, nil
}

// loadedFiles gives the files that a file loads, by their paths below the script's root.
func loadedFiles(file string, r check.Report) []string {
	var files []string
	for _, use := range r.Needs.Modules {
		if strings.HasPrefix(use.Name, "./") || strings.HasPrefix(use.Name, "../") {
			files = append(files, path.Join(path.Dir(file), use.Name))
		}
	}
	return files
}

// refusal is the error of a script that check refuses.
type refusal struct{ message, remedy string }

func (e *refusal) Error() string { return e.message }

// Hint says how to mend it.
func (e *refusal) Hint() string { return e.remedy }
