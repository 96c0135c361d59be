package main

import (
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// root is the top of the repository.
const root = "../.."

// fence matches a block of a document: its language and its text.
var fence = regexp.MustCompile("(?ms)^```(\\w+)\n(.*?)^```$")

// documents gives the documents whose examples are tested, by their paths.
func documents(t *testing.T) map[string]string {
	t.Helper()
	texts := map[string]string{}
	read := func(path string) {
		text, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		texts[strings.TrimPrefix(filepath.ToSlash(path), root+"/")] = string(text)
	}
	read(root + "/README.md")
	err := filepath.WalkDir(root+"/docs", func(path string, d fs.DirEntry, err error) error {
		if err == nil && strings.HasSuffix(path, ".md") {
			read(path)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return texts
}

// TestDocumentedCommands runs each command of a console block and compares what it shows with the text below it. A line
// of three dots stands for any lines.
func TestDocumentedCommands(t *testing.T) {
	n := 0
	for path, text := range documents(t) {
		for _, block := range fence.FindAllStringSubmatch(text, -1) {
			if block[1] != "console" {
				continue
			}
			for _, session := range strings.Split(strings.TrimPrefix(block[2], "$ "), "\n$ ") {
				command, want, _ := strings.Cut(session, "\n")
				n++
				t.Run(path+"/"+command, func(t *testing.T) { compare(t, command, want) })
			}
		}
	}
	if n < 2 {
		t.Errorf("only %d commands were found in the documents", n)
	}
}

// shellWords takes a command line apart as a shell does that knows nothing but blanks and single quotes.
func shellWords(line string) []string {
	var words []string
	for i, part := range strings.Split(line, "'") {
		if i%2 == 1 {
			words = append(words, part)
			continue
		}
		words = append(words, strings.Fields(part)...)
	}
	return words
}

func compare(t *testing.T, command, want string) {
	line, ok := strings.CutPrefix(strings.TrimPrefix(command, "go run ./cmd/"), "cbscript ")
	if !ok {
		t.Fatalf("%q is not a command of this program", command)
	}
	p, out, errs := surroundings(t)
	dir, err := filepath.Abs(root)
	if err != nil {
		t.Fatal(err)
	}
	p.workDir = dir
	run(t.Context(), shellWords(line), p)
	got := out.String() + errs.String()
	parts := strings.Split(want, "...\n")
	at := 0
	for i, part := range parts {
		found := strings.Index(got[at:], part)
		if found < 0 || i == 0 && found > 0 || i == len(parts)-1 && i == 0 && got != part {
			t.Fatalf("%s shows\n%s\nwant\n%s", command, got, want)
		}
		at += found + len(part)
	}
}

// TestDocumentedScripts runs each Starlark block against the demo server. Every change is allowed: each run has a
// server of its own.
func TestDocumentedScripts(t *testing.T) {
	for path, text := range documents(t) {
		for i, block := range fence.FindAllStringSubmatch(text, -1) {
			if block[1] != "python" {
				continue
			}
			script := filepath.Join(t.TempDir(), "block.star")
			if err := os.WriteFile(script, []byte(block[2]), 0o600); err != nil {
				t.Fatal(err)
			}
			p, out, errs := surroundings(t)
			if code := run(t.Context(), []string{"run", "--demo", "--no-journal", "--allow", "all", "--until", "1s", "--out", t.TempDir(), script}, p); code != 0 {
				t.Errorf("%s, block %d: exit code %d\n%s%s%s", path, i, code, block[2], out, errs)
			}
		}
	}
}
