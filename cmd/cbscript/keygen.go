package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"

	"aead.dev/minisign"
	"github.com/spf13/cobra"

	"github.com/cbscript/cbscript/runtime/bundle"
)

// keygenOptions are the flags of keygen.
type keygenOptions struct {
	file       string
	noPassword bool
}

// keygenCommand makes a key to sign bundles with.
func (p *program) keygenCommand() *cobra.Command {
	var o keygenOptions
	cmd := &cobra.Command{
		Use:   "keygen FILE",
		Short: "Make a key to sign bundles with",
		Long: `Make a key to sign bundles with, in the format of minisign: the secret key in
FILE, encrypted with a password that is asked for, and the public key in
FILE.pub. Those who install your bundles trust the public key:

  cbscript trust AUTHOR FILE.pub

Keep the secret key to yourself, and a copy of it in a safe place. minisign -G
makes the same kind of key.`,
		Example: `  cbscript keygen acme.key
  cbscript keygen --no-password ci.key`,
		Args: arguments(1, 1, "a file to write"),
		RunE: func(cmd *cobra.Command, args []string) error {
			o.file = args[0]
			return p.keygen(cmd.Context(), o)
		},
	}
	cmd.Flags().BoolVar(&o.noPassword, "no-password", false, "do not encrypt the secret key: for a machine that signs by itself")
	return cmd
}

// keygen makes a key.
func (p *program) keygen(ctx context.Context, o keygenOptions) error {
	file := p.opened(o.file)
	for _, name := range [...]string{file, file + ".pub"} {
		if _, err := os.Lstat(name); !errors.Is(err, fs.ErrNotExist) {
			return usage("a key that is lost cannot be made again: name another file", "%s is there already", name)
		}
	}
	public, private, err := minisign.GenerateKey(nil)
	if err != nil {
		return fmt.Errorf("make a key: %w", err)
	}
	secret, err := private.MarshalText()
	if err == nil && !o.noPassword {
		secret, err = p.encrypted(ctx, private)
	}
	if err != nil {
		return err
	}
	text, err := public.MarshalText()
	if err != nil {
		return err
	}
	if err := writeNew(file, secret, 0o600); err != nil {
		return err
	}
	if err := writeNew(file+".pub", append(text, '\n'), 0o644); err != nil {
		return err
	}
	fmt.Fprintf(p.out, "%s\n", public)
	return nil
}

// encrypted gives the text of a secret key, encrypted with a password that is asked for twice.
func (p *program) encrypted(ctx context.Context, key minisign.PrivateKey) ([]byte, error) {
	ask := p.prompter()
	password, err := ask.askHidden(ctx, "Password for the key")
	if err != nil {
		return nil, err
	}
	if password == "" {
		return nil, usage("--no-password makes a key without one", "the password is empty")
	}
	again, err := ask.askHidden(ctx, "The password again")
	if err != nil {
		return nil, err
	}
	if again != password {
		return nil, usage("", "the two passwords differ: no key was made")
	}
	return minisign.EncryptKey(password, key)
}

// writeNew writes a file that must not exist yet.
func writeNew(name string, data []byte, mode fs.FileMode) error {
	f, err := os.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, mode)
	if err != nil {
		return usage("name a file in a directory that you can write", "write the key: %w", err)
	}
	_, err = f.Write(data)
	if err = errors.Join(err, f.Close()); err != nil {
		return fmt.Errorf("write the key: %w", err)
	}
	return nil
}

// trustCommand adds a publisher's key.
func (p *program) trustCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "trust AUTHOR KEY",
		Short: "Trust a key to sign the bundles of an author",
		Long: `Trust a key to sign the bundles of an author. KEY is the public key, or the file
that it is in. From then on, bundles of that author must be signed by it, or by
another key that you trust for the author.

The keys are in the file trusted-keys in your configuration directory, a line
each, which you can edit. The line "require-signed" there refuses all bundles
without a trusted signature, as --require-signed does for one command.

Get the key from its owner by a way that you trust: not from where the bundle
comes from.`,
		Example: `  cbscript trust acme acme.key.pub
  cbscript trust acme RWQf6LRCGA9i53mlYecO4IzT51TGPpvWucNSCh1CBM0QTaLn73Y7GFO3`,
		Args: arguments(2, 2, "an author and a public key"),
		RunE: func(cmd *cobra.Command, args []string) error { return p.trust(cmd.Context(), args[0], args[1]) },
	}
}

// trust adds a key to the file of trusted keys.
func (p *program) trust(ctx context.Context, author, key string) error {
	file := p.trustFile()
	if file == "" {
		return usage("set $HOME, or $XDG_CONFIG_HOME", "there is no home directory to keep keys in")
	}
	if text, err := os.ReadFile(p.opened(key)); err == nil {
		key = string(text)
	}
	release, err := p.changing(ctx, file)
	if err != nil {
		return err
	}
	defer release()
	id, added, err := bundle.AddTrust(file, author, key)
	if err != nil {
		return err
	}
	if !added {
		fmt.Fprintf(p.out, "the key %s of %s was trusted already\n", id, author)
		return nil
	}
	fmt.Fprintf(p.out, "bundles of %s must now be signed by the key %s, or another one that you trust for it\n", author, id)
	return nil
}
