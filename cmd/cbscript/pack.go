package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"aead.dev/minisign"
	"github.com/spf13/cobra"

	"github.com/cbscript/cbscript/client/simulator"
	"github.com/cbscript/cbscript/runtime/bundle"
	"github.com/cbscript/cbscript/runtime/bundle/pack"
	"github.com/cbscript/cbscript/runtime/check"
	"github.com/cbscript/cbscript/runtime/scripttest"
	"github.com/cbscript/cbscript/runtime/servers"
)

// packOptions are the flags and arguments of pack.
type packOptions struct {
	bundles    bundleOptions
	dir        string
	out        string
	key        string
	files      []string
	allowNames bool
}

// packCommand makes a bundle of a directory.
func (p *program) packCommand() *cobra.Command {
	var o packOptions
	cmd := &cobra.Command{
		Use:   "pack DIR",
		Short: "Make a bundle of a directory of scripts, to share it",
		Long: `Make a bundle of a directory of scripts: one file with everything in the
directory, which can be published and installed. The same directory always gives
the same bytes.

The directory must pass cbscript check, which also looks for the secrets and
names of servers in your own profiles, and its tests must pass. One of its
scripts declares the bundle:

  meta(name="hunts", version="1.2.0", author="acme",
       description="Hunts of the network.", needs=["isolate"])

With --sign-key the bundle is signed, in the format of minisign: the signature
stands beside it, in FILE.minisig. cbscript keygen makes a key, and so does
minisign itself.`,
		Example: `  cbscript pack hunts
  cbscript pack hunts -o hunts.tar --sign-key ~/.minisign/minisign.key`,
		Args: arguments(1, 1, "a directory"),
		RunE: func(cmd *cobra.Command, args []string) error {
			o.dir = args[0]
			ctx, stop := p.interruptible(cmd.Context())
			defer stop()
			return p.pack(ctx, o)
		},
	}
	flags := cmd.Flags()
	flags.StringVarP(&o.out, "output", "o", "", "write the bundle to this `FILE` (default AUTHOR-NAME-VERSION.tar)")
	flags.StringVar(&o.key, "sign-key", "", "sign the bundle with the secret key of minisign in this `FILE`")
	flags.BoolVar(&o.allowNames, "allow-names", false, "do not look for the host names and organisations of your profiles")
	lockFlag(cmd, &o.bundles)
	credentialsFlag(cmd, &o.files)
	return cmd
}

// pack makes a bundle and writes it.
func (p *program) pack(ctx context.Context, o packOptions) error {
	dir := p.opened(o.dir)
	loader, err := p.loader(o.bundles, o.dir)
	if err != nil {
		return err
	}
	b, review, err := pack.Dir(ctx, dir, pack.Options{
		Check: check.Options{Surface: servers.NewSurface(), Known: p.knownValues(o.files), AllowNames: o.allowNames, Bundle: p.installedBundles(o.bundles, o.dir)},
		Tests: scripttest.Config{Host: demoHost(simulator.DefaultVersion, &lazyBundles{func() (*pack.Reviewed, error) {
			return &pack.Reviewed{Loader: loader, Check: p.reviewOptions(o.files), Refused: refuseBundle}, nil
		}})},
		Lock: loader.Lock,
	})
	p.warnings(review)
	var failed *pack.TestsError
	if errors.As(err, &failed) {
		if writeErr := failed.Report.WriteText(p.err, false); writeErr != nil {
			return writeErr
		}
	}
	if err != nil {
		return fmt.Errorf("%s cannot be packed: %w", o.dir, err)
	}
	if o.out == "" {
		o.out = strings.ReplaceAll(b.Ref().Name, "/", "-") + "-" + b.Ref().Version + ".tar"
	}
	if inside, err := filepath.Rel(p.path(o.dir), p.path(o.out)); err == nil && filepath.IsLocal(inside) {
		return usage("-o names a file outside of it", "%s is in the directory that is packed, and would be part of the next bundle", o.out)
	}
	var signature []byte
	if o.key != "" {
		key, err := p.secretKey(ctx, o.key)
		if err != nil {
			return err
		}
		signature = bundle.Sign(b, key)
	}
	if err := p.writeBundle(o.out, b, signature); err != nil {
		return err
	}
	fmt.Fprintf(p.out, "%s  %s  %s\n", b.Ref(), b.Digest(), o.out)
	return nil
}

// warnings shows what a review warns of. A need that one script does not use may be that of another one.
func (p *program) warnings(r *pack.Review) {
	if r == nil {
		return
	}
	for _, report := range r.Reports {
		for _, f := range report.Findings {
			if f.Severity == check.Warning && f.Rule != "needs-unused" {
				p.warn(f.String())
			}
		}
	}
}

// writeBundle writes a bundle and its signature. An old signature is not left beside a bundle that has none.
func (p *program) writeBundle(name string, b *bundle.Bundle, signature []byte) error {
	file := p.opened(name)
	err := os.WriteFile(file, b.Bytes(), 0o644)
	if err == nil && signature != nil {
		err = os.WriteFile(file+bundle.SignatureSuffix, signature, 0o644)
	} else if err == nil {
		if err = os.Remove(file + bundle.SignatureSuffix); errors.Is(err, os.ErrNotExist) {
			err = nil
		}
	}
	if err != nil {
		return usage("-o names a file to write", "write the bundle: %w", err)
	}
	return nil
}

// secretKey reads a secret key, and asks for its password if it has one.
func (p *program) secretKey(ctx context.Context, name string) (minisign.PrivateKey, error) {
	var key minisign.PrivateKey
	text, err := os.ReadFile(p.opened(name))
	if err != nil {
		return key, usage("cbscript keygen makes a key, and so does minisign -G", "--sign-key: %w", err)
	}
	if !minisign.IsEncrypted(text) {
		if key.UnmarshalText(text) != nil {
			return key, usage("it is the file that minisign or cbscript keygen has made, without .pub", "--sign-key %s: it is not a secret key of minisign", name)
		}
		return key, nil
	}
	password, err := p.prompter().askHidden(ctx, "Password of "+name)
	if err != nil {
		return key, err
	}
	if key, err = minisign.DecryptKey(password, text); err != nil {
		return key, usage("", "--sign-key %s: the password is not that of the key", name)
	}
	return key, nil
}
