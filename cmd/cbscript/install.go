package main

import (
	"context"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"github.com/cbscript/cbscript/runtime/bundle"
	"github.com/cbscript/cbscript/runtime/bundle/install"
)

// installOptions are the flags and arguments of install.
type installOptions struct {
	bundles  bundleOptions
	refs     []string
	registry string
	trust    bool
	files    []string
}

// installCommand installs bundles.
func (p *program) installCommand() *cobra.Command {
	var o installOptions
	cmd := &cobra.Command{
		Use:   "install [NAME@VERSION...]",
		Short: "Install bundles, so that scripts can load them",
		Long: `Install bundles from a registry, and those that they require. Their digests are
written into the lock file, cbscript.lock, which belongs beside the scripts, in
their repository. Scripts then load their files by name:

  load("acme/hunts/net.star", "hosts")

Without names, what the lock file has is installed: exactly these bytes, or
nothing. A bundle that cbscript check refuses is not installed, unless --trust
is given.`,
		Example: `  cbscript install acme/hunts@1.2.0 --registry ghcr.io/acme/cbscript
  cbscript install`,
		RunE: func(cmd *cobra.Command, args []string) error {
			o.refs = args
			ctx, stop := p.interruptible(cmd.Context())
			defer stop()
			return p.install(ctx, o)
		},
	}
	registryFlag(cmd, &o.registry)
	bundleFlags(cmd, &o.bundles)
	cmd.Flags().BoolVar(&o.trust, "trust", false, "install bundles although cbscript check refuses them")
	credentialsFlag(cmd, &o.files)
	return cmd
}

// install installs bundles and writes the lock file.
func (p *program) install(ctx context.Context, o installOptions) error {
	r, err := p.openRegistry(o.registry)
	if err != nil {
		return err
	}
	release, err := p.changing(ctx, p.lockFile(o.bundles, "."))
	if err != nil {
		return err
	}
	defer release()
	loader, err := p.loader(o.bundles, ".")
	if err != nil {
		return err
	}
	refs, err := p.refs(ctx, r, o.refs)
	if err != nil {
		return err
	}
	if len(o.refs) == 0 {
		for _, e := range loader.Lock.Entries {
			refs = append(refs, e.Ref())
		}
	}
	if len(refs) == 0 {
		return usage("cbscript install NAME@VERSION", "nothing is locked in %s", loader.Lock.File)
	}
	i := install.Installer{Registry: r, Loader: loader, Check: p.reviewOptions(o.files), Refused: refuseBundle}
	if o.trust {
		i.Refused = p.trustBundle
	}
	installed, lock, err := i.Install(ctx, refs)
	if err != nil {
		return err
	}
	if err := lock.Write(); err != nil {
		return err
	}
	for _, one := range installed {
		fmt.Fprintln(p.out, installedLine(one))
	}
	return nil
}

// installedLine tells of one installed bundle.
func installedLine(i install.Installed) string {
	m := i.Bundle.Manifest()
	parts := []string{"installed"}
	switch {
	case i.There:
		parts[0] = "was installed already"
	case i.Before == "" || i.Before == m.Version:
	case bundle.CompareVersions(i.Before, m.Version) > 0:
		parts = append(parts, "in place of the NEWER "+i.Before)
	default:
		parts = append(parts, "in place of "+i.Before)
	}
	if i.By.Name != "" {
		parts = append(parts, "as "+i.By.String()+" requires it")
	}
	parts = append(parts, i.Verdict.String())
	if len(m.Needs) > 0 {
		parts = append(parts, "needs "+strings.Join(m.Needs, " "))
	}
	return fmt.Sprintf("%s  %s  %s", m.Ref(), i.Bundle.Digest(), strings.Join(parts, ", "))
}
