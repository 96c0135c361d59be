package main

import (
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strings"
	"time"

	"aead.dev/minisign"
	"github.com/spf13/cobra"

	"github.com/cbscript/cbscript/client"
	"github.com/cbscript/cbscript/runtime/evidence"
	"github.com/cbscript/cbscript/runtime/output"
)

// evidenceCommand is the head of the commands about saved files.
func (p *program) evidenceCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "evidence COMMAND",
		Short: "Verify, list or sign the files that scripts saved",
		Long: `Verify, list or sign the files that scripts saved. A run with --out DIR keeps a
manifest there: for each file its size and hashes, the script that saved it, and
the endpoint that its bytes came from.`,
		Example: "  cbscript evidence verify case-42",
		Args:    cobra.ArbitraryArgs,
		RunE: func(cmd *cobra.Command, args []string) error {
			if len(args) == 0 {
				return cmd.Help()
			}
			return unknownCommand(cmd, args[0])
		},
	}
	cmd.AddCommand(p.evidenceVerifyCommand(), p.evidenceListCommand(), p.evidenceSignCommand())
	return cmd
}

// evidenceOptions are the flags of verify.
type evidenceOptions struct {
	sha256 string
	key    string
	format string
}

// evidenceVerifyCommand compares a directory with its manifest.
func (p *program) evidenceVerifyCommand() *cobra.Command {
	var o evidenceOptions
	cmd := &cobra.Command{
		Use:   "verify DIRECTORY",
		Short: "Verify that saved files are as they were saved",
		Long: `Verify that the files in the DIRECTORY of --out are as they were saved: each has
the size and the hashes of its line in the manifest, each line follows the one
before it, and no other file is there. A row tells what is wrong:

  missing     a file of the manifest is not there
  changed     a file is not what was saved
  unlisted    a file is there that the manifest does not have
  partial     a file is there that a run did not come to the end of
  chain       a line of the manifest was changed, added or taken away
  manifest    the manifest has not the SHA-256 of --sha256
  signature   the manifest is not signed by --key

Whoever can write the directory could make the whole manifest anew, or take
lines off its end. That is seen with --sha256, which a run tells at its end, or
with --key, when the manifest was signed.

The exit code is 0 when everything is in order, and 1 when something is not.`,
		Example: `  cbscript evidence verify case-42
  cbscript evidence verify case-42 --key acme.key.pub
  cbscript evidence verify case-42 --output table`,
		Args: arguments(1, 1, "a directory"),
		RunE: func(cmd *cobra.Command, args []string) error {
			ctx, stop := p.interruptible(cmd.Context())
			defer stop()
			return p.evidenceVerify(ctx, args[0], o)
		},
	}
	cmd.Flags().StringVar(&o.sha256, "sha256", "", "the `HASH` that the manifest must have")
	cmd.Flags().StringVar(&o.key, "key", "", "the public `KEY`, or its file, that the manifest must be signed by")
	outputFlag(cmd, &o.format)
	return cmd
}

// evidenceVerify verifies a directory.
func (p *program) evidenceVerify(ctx context.Context, dir string, o evidenceOptions) error {
	rows, err := rowsTo(p.out, o.format)
	if err != nil {
		return err
	}
	want := evidence.Expected{SHA256: o.sha256}
	if hash, err := hex.DecodeString(o.sha256); err != nil || o.sha256 != "" && len(hash) != 32 {
		return usage("it has 64 digits and letters from a to f", "--sha256: %q is no SHA-256", o.sha256)
	}
	if o.key != "" {
		if want.Key, err = p.publicKey(o.key); err != nil {
			return err
		}
	}
	report, err := evidence.Verify(ctx, p.opened(dir), want)
	if err != nil {
		return folderError(err)
	}
	return p.tellEvidence(rows, dir, report)
}

// folderError is the error of a directory that cannot be looked at.
func folderError(err error) error {
	var at *fs.PathError
	if errors.As(err, &at) && at.Op == "open" {
		return usage("name the directory that a run got with --out", "%w", err)
	}
	return err
}

// publicKey reads a public key, or the file that it is in.
func (p *program) publicKey(text string) (*minisign.PublicKey, error) {
	name := text
	if file, err := os.ReadFile(p.opened(text)); err == nil {
		text = string(file)
	}
	var key minisign.PublicKey
	if err := key.UnmarshalText([]byte(strings.TrimSpace(text))); err != nil {
		return nil, usage("give the line that begins with RW, or the file that ends in .pub", "--key: %q is no public key in the form of minisign", name)
	}
	return &key, nil
}

// tellEvidence writes what was found out about a directory, and gives the error of one that is not in order.
func (p *program) tellEvidence(rows output.Rows, dir string, r *evidence.Report) error {
	for _, f := range r.Findings {
		row := output.Row{{Name: "problem", Value: f.Problem}, {Name: "file", Value: f.Name}, {Name: "line", Value: nil}, {Name: "detail", Value: f.Detail}}
		if f.Line > 0 {
			row[2].Value = int64(f.Line)
		}
		if err := rows.Write(row); err != nil {
			return err
		}
	}
	if err := rows.Close(); err != nil {
		return err
	}
	if n := len(r.Findings); n > 0 {
		p.complain("error", fmt.Sprintf("%s: %s, and %s as saved", dir, counted(n, "problem"), counted(r.Files, "file")))
		return &found{}
	}
	p.complain("note", fmt.Sprintf("%s: %s (%d bytes) as saved", dir, counted(r.Files, "file"), r.Bytes))
	p.complain("note", "the manifest has the SHA-256 "+r.Manifest)
	switch {
	case r.Key != "":
		p.complain("note", "it is signed by "+r.Key)
	case r.SignedBy != "":
		p.complain("note", fmt.Sprintf("it says that it is signed by %s, which --key would verify", r.SignedBy))
	}
	return nil
}

// evidenceListCommand shows a manifest.
func (p *program) evidenceListCommand() *cobra.Command {
	var format string
	cmd := &cobra.Command{
		Use:   "list DIRECTORY",
		Short: "List saved files and where they came from",
		Long: `List the files that the manifest in the DIRECTORY of --out has, with a row for
each endpoint that sent exactly these bytes. same_as is the line of an earlier
file with the same bytes, whose endpoints are those of this file too. The files
themselves are not looked at: verify does that.`,
		Example: `  cbscript evidence list case-42
  cbscript evidence list case-42 --output csv > case-42.csv`,
		Args: arguments(1, 1, "a directory"),
		RunE: func(_ *cobra.Command, args []string) error { return p.evidenceList(args[0], format) },
	}
	outputFlag(cmd, &format)
	return cmd
}

// evidenceList writes the entries of a manifest.
func (p *program) evidenceList(dir, format string) error {
	rows, err := rowsTo(p.out, format)
	if err != nil {
		return err
	}
	err = evidence.List(p.opened(dir), func(e *evidence.Entry) error {
		sources := e.Sources
		if len(sources) == 0 {
			sources = []client.Receipt{{}}
		}
		for _, s := range sources {
			if err := rows.Write(evidenceRow(e, s)); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return folderError(err)
	}
	return rows.Close()
}

// evidenceRow is a file with one of its sources.
func evidenceRow(e *evidence.Entry, s client.Receipt) output.Row {
	maybe := func(v any, known bool) any {
		if known {
			return v
		}
		return nil
	}
	at := func(t time.Time) any { return maybe(t, !t.IsZero()) }
	text := func(s string) any { return maybe(s, s != "") }
	return output.Row{
		{Name: "line", Value: int64(e.N)}, {Name: "file", Value: e.Name}, {Name: "size", Value: e.Size},
		{Name: "sensor", Value: maybe(s.Sensor, s.Sensor != 0)}, {Name: "host", Value: text(s.Host)},
		{Name: "path", Value: text(s.Path)}, {Name: "kind", Value: text(s.Kind)},
		{Name: "modified", Value: at(s.Modified)}, {Name: "received", Value: at(s.Received)}, {Name: "saved", Value: at(e.Saved)},
		{Name: "same_as", Value: maybe(int64(e.SameBytesAs), e.SameBytesAs != 0)}, {Name: "sha256", Value: e.SHA256},
	}
}

// evidenceSignCommand signs a manifest.
func (p *program) evidenceSignCommand() *cobra.Command {
	var key string
	cmd := &cobra.Command{
		Use:   "sign DIRECTORY --sign-key FILE",
		Short: "Sign the manifest of saved files",
		Long: `Verify the files in the DIRECTORY of --out, and sign their manifest when all is in
order. The signature, manifest.jsonl.minisig, is in the format of minisign, and
the program minisign can verify it too. cbscript keygen makes a key.

A run that saves further files there goes on with the manifest, which has to be
signed again then.`,
		Example: `  cbscript evidence sign case-42 --sign-key acme.key`,
		Args:    arguments(1, 1, "a directory"),
		RunE: func(cmd *cobra.Command, args []string) error {
			ctx, stop := p.interruptible(cmd.Context())
			defer stop()
			return p.evidenceSign(ctx, args[0], key)
		},
	}
	cmd.Flags().StringVar(&key, "sign-key", "", "the `FILE` with the secret key")
	return cmd
}

// evidenceSign signs a manifest.
func (p *program) evidenceSign(ctx context.Context, dir, name string) error {
	if name == "" {
		return usage("cbscript keygen makes a key", "--sign-key: name the file with the secret key")
	}
	key, err := p.secretKey(ctx, name)
	if err != nil {
		return err
	}
	report, err := evidence.Sign(ctx, p.opened(dir), key)
	if err != nil {
		return folderError(err)
	}
	rows, err := rowsTo(p.out, "")
	if err != nil {
		return err
	}
	return p.tellEvidence(rows, dir, report)
}
