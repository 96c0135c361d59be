package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/spf13/cobra"
)

// surroundings are those of a test: empty, but for what it sets.
func surroundings(t testing.TB) (p *program, out, err *bytes.Buffer) {
	t.Helper()
	out, err = new(bytes.Buffer), new(bytes.Buffer)
	dir := t.TempDir()
	return &program{
		in: strings.NewReader(""), out: out, err: err,
		getenv:  func(string) string { return "" },
		workDir: dir,
		home:    filepath.Join(dir, "home"),
		machine: filepath.Join(dir, "etc"),
		exit:    func(code int) { t.Errorf("the process was ended with code %d", code) },
	}, out, err
}

// commands gives every command below c, and c itself.
func commands(c *cobra.Command) []*cobra.Command {
	all := []*cobra.Command{c}
	for _, sub := range c.Commands() {
		all = append(all, commands(sub)...)
	}
	return all
}

// TestHelp holds every help text against its golden file in testdata/help. Accept a change with
// go test ./cmd/cbscript -update.
func TestHelp(t *testing.T) {
	p, _, _ := surroundings(t)
	for _, c := range commands(p.rootCommand()) {
		name := strings.ReplaceAll(c.CommandPath(), " ", "-")
		t.Run(name, func(t *testing.T) {
			if c.Example == "" {
				t.Error("the help has no example")
			}
			p, out, _ := surroundings(t)
			args := append(strings.Fields(c.CommandPath())[1:], "--help")
			if code := run(t.Context(), args, p); code != 0 {
				t.Fatalf("exit code %d", code)
			}
			for line := range strings.Lines(out.String()) {
				if len([]rune(strings.TrimSuffix(line, "\n"))) > 100 {
					t.Errorf("a line is longer than 100 columns: %s", line)
				}
			}
			golden(t, filepath.Join("testdata", "help", name+".txt"), out.String())
		})
	}
}

// golden compares text with a file.
func golden(t *testing.T, file, got string) {
	t.Helper()
	if *update {
		if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatalf("%v; go test ./cmd/cbscript -update writes it", err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("differs from %s (-want +got), go test ./cmd/cbscript -update accepts it:\n%s", file, diff)
	}
}
