package main

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"github.com/cbscript/cbscript/runtime/bundle"
	"github.com/cbscript/cbscript/runtime/bundle/pack"
	"github.com/cbscript/cbscript/runtime/output"
)

// listCommand shows what is locked.
func (p *program) listCommand() *cobra.Command {
	var o bundleOptions
	cmd := &cobra.Command{
		Use:   "list [NAME]",
		Short: "List the bundles that scripts here can load, or the files of one",
		Long: `List the bundles that the lock file has, whether they are installed and signed,
and what they need; or describe one of them, with its files.`,
		Example: `  cbscript list
  cbscript list acme/hunts`,
		Args:              arguments(0, 1, "the name of a bundle or nothing"),
		ValidArgsFunction: p.completeBundles(&o),
		RunE: func(_ *cobra.Command, args []string) error {
			loader, err := p.loader(o, ".")
			if err != nil {
				return err
			}
			if len(args) == 1 {
				return p.describeBundle(loader, args[0])
			}
			return p.listBundles(loader)
		},
	}
	lockFlag(cmd, &o)
	return cmd
}

// listBundles lists what is locked. A bundle that cannot be loaded is listed, too, with the reason.
func (p *program) listBundles(loader *bundle.Loader) error {
	w := tabwriter.NewWriter(p.out, 0, 8, 2, ' ', 0)
	for _, e := range loader.Lock.Entries {
		state, needs := "", "needs nothing"
		b, verdict, err := loader.Load(e.Name)
		var missing *bundle.NotInstalledError
		switch {
		case err == nil:
			state = verdict.String()
			if list := b.Manifest().Needs; len(list) > 0 {
				needs = "needs " + strings.Join(list, " ")
			}
		case errors.As(err, &missing) && missing.Name == e.Name:
			state, needs = "not installed", "needs unknown"
		default:
			state, needs = "CANNOT BE LOADED", err.Error()
		}
		fmt.Fprintf(w, "%s\t%s\t%s\t%s\n", e.Ref(), e.Digest, state, output.VisibleLine(needs))
	}
	return w.Flush()
}

// describeBundle shows what a bundle is.
func (p *program) describeBundle(loader *bundle.Loader, name string) error {
	b, verdict, err := loader.Load(name)
	if err != nil {
		return err
	}
	m := b.Manifest()
	fmt.Fprintf(p.out, "%s\n%s\n\ndigest    %s\nsignature %s\nneeds     %s\n", m.Ref(), m.Description, b.Digest(), verdict, strings.Join(m.Needs, " "))
	for _, r := range m.Requires {
		fmt.Fprintf(p.out, "requires  %s\n", r.Ref())
	}
	fmt.Fprintln(p.out, "\nFiles:")
	w := tabwriter.NewWriter(p.out, 0, 8, 2, ' ', tabwriter.AlignRight)
	for _, f := range m.Files {
		fmt.Fprintf(w, "%d\t  %s\n", f.Size, f.Name)
	}
	return w.Flush()
}

// removeOptions are the flags of remove.
type removeOptions struct {
	bundles bundleOptions
	purge   bool
}

// removeCommand takes bundles out of the lock file.
func (p *program) removeCommand() *cobra.Command {
	var o removeOptions
	cmd := &cobra.Command{
		Use:   "remove NAME...",
		Short: "Take bundles out of the lock file, so that scripts here cannot load them any more",
		Long: `Take bundles out of the lock file. The bundles themselves stay installed, since
scripts elsewhere may load them; --purge deletes them, too.`,
		Example: `  cbscript remove acme/hunts
  cbscript remove --purge acme/hunts`,
		Args:              arguments(1, int(^uint(0)>>1), "the names of bundles"),
		ValidArgsFunction: p.completeBundles(&o.bundles),
		RunE:              func(cmd *cobra.Command, args []string) error { return p.remove(cmd.Context(), args, o) },
	}
	lockFlag(cmd, &o.bundles)
	cmd.Flags().BoolVar(&o.purge, "purge", false, "delete the installed bundles, too")
	return cmd
}

// remove takes bundles out of the lock file.
func (p *program) remove(ctx context.Context, names []string, o removeOptions) error {
	release, err := p.changing(ctx, p.lockFile(o.bundles, "."))
	if err != nil {
		return err
	}
	defer release()
	loader, err := p.loader(o.bundles, ".")
	if err != nil {
		return err
	}
	lock := loader.Lock
	var gone []bundle.Requirement
	for _, name := range names {
		e, ok := loader.Lock.Find(name)
		if !ok {
			return usage("cbscript list shows what is locked", "the bundle %q is not in %s", name, loader.Lock.File)
		}
		gone = append(gone, e)
		lock = lock.Without(name)
	}
	for _, e := range lock.Entries {
		b, _, err := loader.Load(e.Name)
		if err != nil {
			continue // whoever loads it is told why
		}
		for _, r := range b.Manifest().Requires {
			if _, ok := lock.Find(r.Name); !ok {
				return usage("remove "+e.Name+", too", "%s requires %s", e.Ref(), r.Name)
			}
		}
	}
	if err := lock.Write(); err != nil {
		return err
	}
	for _, e := range gone {
		if o.purge {
			if err := loader.Store.Remove(e.Digest); err != nil {
				return err
			}
		}
		fmt.Fprintf(p.out, "%s  %s  removed\n", e.Ref(), e.Digest)
	}
	return nil
}

// verifyOptions are the flags of verify.
type verifyOptions struct {
	bundles bundleOptions
	files   []string
}

// verifyCommand checks installed bundles.
func (p *program) verifyCommand() *cobra.Command {
	var o verifyOptions
	cmd := &cobra.Command{
		Use:   "verify [NAME|FILE.tar ...]",
		Short: "Verify installed bundles, or bundles in files",
		Long: `Verify installed bundles, all that the lock file has or those that are named, as
each run does that loads them: the digest, the form, the signature, what they
require, and the check of their scripts. A file is verified in the same way,
with the signature beside it.

The exit code is 1 when one of them is not in order.`,
		Example: `  cbscript verify
  cbscript verify --require-signed acme/hunts
  cbscript verify acme-hunts-1.2.0.tar`,
		ValidArgsFunction: p.completeBundles(&o.bundles),
		RunE: func(cmd *cobra.Command, args []string) error {
			ctx, stop := p.interruptible(cmd.Context())
			defer stop()
			return p.verify(ctx, args, o)
		},
	}
	bundleFlags(cmd, &o.bundles)
	credentialsFlag(cmd, &o.files)
	return cmd
}

// verify verifies bundles, all of them whatever becomes of the first.
func (p *program) verify(ctx context.Context, names []string, o verifyOptions) error {
	loader, err := p.loader(o.bundles, ".")
	if err != nil {
		return err
	}
	if len(names) == 0 {
		for _, e := range loader.Lock.Entries {
			names = append(names, e.Name)
		}
	}
	options := p.reviewOptions(o.files)
	failed := false
	for _, name := range names {
		b, verdict, err := p.verifyOne(loader, name)
		if err == nil {
			if _, err = pack.Bundle(ctx, b, options); err != nil {
				err = fmt.Errorf("bundle %s: %w", b.Ref(), err)
			}
		}
		if ctx.Err() != nil {
			return context.Cause(ctx)
		}
		if err != nil {
			failed = true
			p.report(err)
			continue
		}
		fmt.Fprintf(p.out, "%s  %s  in order, %s\n", b.Ref(), b.Digest(), verdict)
	}
	if failed {
		return &found{}
	}
	return nil
}

// verifyOne verifies an installed bundle or a file.
func (p *program) verifyOne(loader *bundle.Loader, name string) (*bundle.Bundle, bundle.Verdict, error) {
	if !strings.HasSuffix(name, ".tar") {
		return loader.Load(name)
	}
	b, signature, err := p.readBundle(name)
	if err != nil {
		return nil, bundle.Verdict{}, err
	}
	return loader.Accept(b.Ref(), name, b.Bytes(), signature)
}

// completeBundles completes the names of locked bundles.
func (p *program) completeBundles(o *bundleOptions) func(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
	return func(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
		lock, err := bundle.ReadLock(p.lockFile(*o, "."))
		if err != nil {
			return nil, cobra.ShellCompDirectiveNoFileComp // using the file says what is wrong with it
		}
		var names []string
		for _, e := range lock.Entries {
			names = append(names, e.Name)
		}
		return names, cobra.ShellCompDirectiveDefault
	}
}
