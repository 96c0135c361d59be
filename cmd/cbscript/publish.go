package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"

	"github.com/spf13/cobra"

	"github.com/cbscript/cbscript/runtime/bundle"
	"github.com/cbscript/cbscript/runtime/bundle/pack"
)

// publishOptions are the flags and arguments of publish.
type publishOptions struct {
	file       string
	registry   string
	signed     bool
	files      []string
	allowNames bool
}

// publishCommand puts a bundle into a registry.
func (p *program) publishCommand() *cobra.Command {
	var o publishOptions
	cmd := &cobra.Command{
		Use:   "publish FILE",
		Short: "Publish a bundle in a registry",
		Long: `Publish a bundle that cbscript pack has made, with the signature beside it, in a
registry: an OCI registry, such as every organisation with containers has, or a
directory. An OCI registry is asked with the credentials of docker login.

The bundle is checked once more, for the secrets of your profiles too. A version
is published once: other bytes need another version.`,
		Example: `  cbscript publish acme-hunts-1.2.0.tar --registry ghcr.io/acme/cbscript
  cbscript publish acme-hunts-1.2.0.tar --registry ./bundles`,
		Args: arguments(1, 1, "the file of a bundle"),
		RunE: func(cmd *cobra.Command, args []string) error {
			o.file = args[0]
			ctx, stop := p.interruptible(cmd.Context())
			defer stop()
			return p.publish(ctx, o)
		},
	}
	registryFlag(cmd, &o.registry)
	cmd.Flags().BoolVar(&o.signed, "require-signed", false, "refuse to publish a bundle that is not signed by a key you trust for its author")
	cmd.Flags().BoolVar(&o.allowNames, "allow-names", false, "do not look for the host names and organisations of your profiles")
	credentialsFlag(cmd, &o.files)
	return cmd
}

// publish publishes a bundle.
func (p *program) publish(ctx context.Context, o publishOptions) error {
	r, err := p.openRegistry(o.registry)
	if err != nil {
		return err
	}
	b, signature, err := p.readBundle(o.file)
	if err != nil {
		return err
	}
	loader, err := p.loader(bundleOptions{requireSigned: o.signed}, ".")
	if err != nil {
		return err
	}
	loader.Lock = nil // what is published has nothing to do with what is used here
	_, verdict, err := loader.Accept(b.Ref(), o.file, b.Bytes(), signature)
	if err != nil {
		return err
	}
	options := p.reviewOptions(o.files)
	options.AllowNames = o.allowNames
	if _, err := pack.Bundle(ctx, b, options); err != nil {
		return fmt.Errorf("%s is not published: %w", o.file, err)
	}
	published, err := r.Publish(ctx, b, signature)
	if err != nil {
		return err
	}
	what := "published"
	if !published {
		what = "was published already"
	}
	fmt.Fprintf(p.out, "%s  %s  %s, %s\n", b.Ref(), b.Digest(), what, verdict)
	return nil
}

// readBundle reads a bundle from a file, and the signature beside it, if there is one.
func (p *program) readBundle(name string) (*bundle.Bundle, []byte, error) {
	data, err := readAtMost(p.opened(name), bundle.MaxSize)
	if err != nil {
		return nil, nil, usage("cbscript pack makes the file of a bundle", "read the bundle: %w", err)
	}
	signature, err := readAtMost(p.opened(name)+bundle.SignatureSuffix, 1<<16)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, nil, usage("", "read the signature: %w", err)
	}
	b, err := bundle.Read(data)
	if err != nil {
		return nil, nil, fmt.Errorf("%s: %w", name, err)
	}
	return b, signature, nil
}

// readAtMost reads a file, or enough of it to see that it has more than limit bytes.
func readAtMost(name string, limit int64) ([]byte, error) {
	f, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return io.ReadAll(io.LimitReader(f, limit+1))
}
