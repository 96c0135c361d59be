package main

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// guideBlock matches a block of the guide, with the name of a file if the line before it ends with one.
var guideBlock = regexp.MustCompile("(?ms)(?:`([\\w/]+\\.star)`\n\n)?^```(\\w+)\n(.*?)^```$")

// TestGuides follows the guides: it writes the files that a guide shows, runs its commands in their order, and compares what
// they show. Three dots stand for anything in a line, and alone for any lines. A command fails when it shows an error.
func TestGuides(t *testing.T) {
	for name, least := range map[string]int{"sharing.md": 8, "evidence.md": 6, "live-response.md": 3} {
		t.Run(name, func(t *testing.T) { follow(t, root+"/docs/"+name, least) })
	}
}

func follow(t *testing.T, guide string, least int) {
	text, err := os.ReadFile(guide)
	if err != nil {
		t.Fatal(err)
	}
	p, out, errs := surroundings(t)
	start, commands := p.workDir, 0
	var steps []string // commands with what they show
	for _, block := range guideBlock.FindAllStringSubmatch(string(text), -1) {
		if block[1] != "" {
			file := filepath.Join(start, filepath.FromSlash(block[1]))
			if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(file, []byte(block[3]), 0o644); err != nil {
				t.Fatal(err)
			}
		}
		if block[2] == "text" {
			steps = append(steps, strings.Split(strings.TrimPrefix(block[3], "$ "), "\n$ ")...)
		}
	}
	for _, step := range steps {
		command, want, _ := strings.Cut(step, "\n")
		if dir, ok := strings.CutPrefix(command, "cd "); ok {
			p.workDir = filepath.Join(start, dir)
			continue
		}
		if file, ok := strings.CutPrefix(command, "rm "); ok {
			if err := os.Remove(filepath.Join(p.workDir, filepath.FromSlash(file))); err != nil {
				t.Fatal(err)
			}
			continue
		}
		line, ok := strings.CutPrefix(command, "cbscript ")
		if !ok {
			t.Fatalf("%q is not a command of this program", command)
		}
		out.Reset()
		errs.Reset()
		commands++
		code := run(t.Context(), shellWords(line), p)
		// A test has no working directory of its own, so that some paths are absolute here.
		if got := strings.ReplaceAll(out.String()+errs.String(), start+string(filepath.Separator), ""); (code != 0) != strings.Contains(want, "cbscript: error: ") || !shows(got, want) {
			t.Fatalf("%s: exit code %d, and shows\n%s\nwant\n%s", command, code, got, want)
		}
	}
	if commands < least {
		t.Errorf("only %d commands were found in the guide", commands)
	}
}

// shows reports whether a text is as a guide shows it.
func shows(got, want string) bool {
	want = strings.TrimSuffix(want, "\n")
	pattern := regexp.QuoteMeta(want)
	pattern = strings.ReplaceAll(pattern, "\n"+regexp.QuoteMeta("...")+"\n", "\n(?s:.*)\n")
	pattern = strings.TrimPrefix(strings.ReplaceAll("\n"+pattern, "\n"+regexp.QuoteMeta("...")+"\n", "\n(?s:.*)"), "\n")
	pattern = strings.ReplaceAll(pattern, regexp.QuoteMeta("..."), ".*")
	return regexp.MustCompile("^" + pattern + "\n*$").MatchString(strings.TrimSuffix(got, "\n"))
}
