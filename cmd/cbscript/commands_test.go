package main

import (
	"crypto/x509"
	"encoding/pem"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/cbscript/cbscript/client/gate"
	"github.com/cbscript/cbscript/client/simulator"
	"github.com/cbscript/cbscript/runtime/bundle/ocitest"
)

// marker is the token of every server in the test scripts. No command may show it.
const marker = "5ec2e7c0ffee5ec2e7c0ffee5ec2e7c0ffee5ec2"

// status N COMMAND ARG... runs a command that must end with the exit code N.
func status(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: status N COMMAND [ARG...]")
	}
	want, err := strconv.Atoi(args[0])
	ts.Check(err)
	got := 0
	if err := ts.Exec(args[1], args[2:]...); err != nil {
		var exit *exec.ExitError
		if !errors.As(err, &exit) {
			ts.Fatalf("%v", err)
		}
		got = exit.ExitCode()
	}
	if got != want {
		ts.Fatalf("exit code %d, want %d", got, want)
	}
}

// server starts a demo server, and sets SERVER, TOKEN, CERTIFICATE (a file) and FINGERPRINT. With a file name it writes
// a credential profile for it there.
func server(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) > 1 {
		ts.Fatalf("usage: server [FILE]")
	}
	s, err := simulator.Start(simulator.Options{Token: marker})
	ts.Check(err)
	ts.Defer(func() { s.Close() })
	block, _ := pem.Decode(s.CertificatePEM())
	certificate, err := x509.ParseCertificate(block.Bytes)
	ts.Check(err)
	file := ts.MkAbs("server.pem")
	ts.Check(os.WriteFile(file, s.CertificatePEM(), 0o644))
	ts.Setenv("SERVER", s.URL())
	ts.Setenv("PORT", s.URL()[strings.LastIndex(s.URL(), ":")+1:])
	ts.Setenv("TOKEN", marker)
	ts.Setenv("CERTIFICATE", file)
	ts.Setenv("FINGERPRINT", gate.Fingerprint(certificate))
	if len(args) == 1 {
		profile := "[default]\nurl=" + s.URL() + "\ntoken=" + marker + "\nssl_cert_file=" + file + "\n"
		ts.Check(os.WriteFile(ts.MkAbs(args[0]), []byte(profile), 0o600))
	}
}

// envfile FILE... puts the values of variables into files.
func envfile(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) == 0 {
		ts.Fatalf("usage: envfile FILE...")
	}
	for _, file := range args {
		text := os.Expand(ts.ReadFile(file), ts.Getenv)
		ts.Check(os.WriteFile(ts.MkAbs(file), []byte(text), 0o600))
	}
}

// mode PERM FILE... checks the permissions of files.
func mode(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: mode PERM FILE...")
	}
	for _, file := range args[1:] {
		info, err := os.Stat(ts.MkAbs(file))
		ts.Check(err)
		if got := strconv.FormatUint(uint64(info.Mode().Perm()), 8); got != args[0] {
			ts.Fatalf("%s has mode %s, want %s", file, got, args[0])
		}
	}
}

// registry starts an OCI registry, and sets REGISTRY to its address.
func startRegistry(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 0 {
		ts.Fatalf("usage: registry")
	}
	ts.Setenv("REGISTRY", ocitest.New(ts.Defer).Place())
}

// corrupt DIR changes a byte in the middle of each file of a directory.
func corrupt(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 1 {
		ts.Fatalf("usage: corrupt DIR")
	}
	files, err := filepath.Glob(ts.MkAbs(args[0]) + "/*")
	ts.Check(err)
	if len(files) == 0 {
		ts.Fatalf("%s has no files", args[0])
	}
	for _, file := range files {
		data, err := os.ReadFile(file)
		ts.Check(err)
		data[len(data)/2] ^= 1
		ts.Check(os.WriteFile(file, data, 0o644))
	}
}
