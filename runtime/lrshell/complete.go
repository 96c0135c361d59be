package lrshell

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

// completionTime bounds how long Tab waits for the endpoint.
const completionTime = 2 * time.Second

// completing marks the context of requests that completion makes.
type completing struct{}

// Completing reports whether a request is made by [Shell.Complete]. Nobody may be asked a question then: the answer is no.
func Completing(ctx context.Context) bool { return ctx.Value(completing{}) != nil }

// candidate is something that a word may become.
type candidate struct {
	text string // the whole word, without quotes
	more bool   // it goes on, as the path of a directory does
}

// Complete gives what the word that ends at byte pos of a line may become, sorted, and where that word begins. What is
// typed stays as it is: each candidate begins with it. The endpoint is asked once for each directory, key or list of
// processes within half a minute, unless a command may have changed them, and for no longer than two seconds; what it
// does not tell in that time does not complete. While a command runs, which may be asking a person, nothing completes.
func (s *Shell) Complete(ctx context.Context, line string, pos int) (start int, candidates []string) {
	if !s.mu.TryLock() {
		return min(max(pos, 0), len(line)), nil
	}
	defer s.mu.Unlock()
	ctx, stop := context.WithTimeout(context.WithValue(ctx, completing{}, true), completionTime)
	defer stop()
	line = line[:min(max(pos, 0), len(line))]
	before, w := lastWord(line)
	found, raw := s.candidates(ctx, before, w)
	typed := line[w.start:]
	for _, c := range found {
		if len(c.text) < len(w.text) || !strings.EqualFold(c.text[:len(w.text)], w.text) {
			continue
		}
		rest := c.text[len(w.text):]
		if raw && !w.open && strings.ContainsAny(rest, special) {
			continue // it would need quotes, which go to the endpoint
		}
		text := typed + quoteRest(rest, w.open)
		if !c.more && w.open {
			text += `"`
		}
		if !c.more {
			text += " "
		}
		candidates = append(candidates, text)
	}
	slices.Sort(candidates)
	return w.start, slices.Compact(candidates)
}

// lastWord gives the words of the last statement before the one that a line ends with, and that one: an empty one after
// a blank.
func lastWord(line string) (before []word, w word) {
	all := split(line)
	w = word{start: len(line), end: len(line)}
	if len(all) == 0 {
		return nil, w
	}
	last := all[len(all)-1]
	if last.end < len(line) { // a semicolon follows
		return nil, w
	}
	n := len(last.words)
	if end := last.words[n-1]; end.end == len(line) {
		return last.words[:n-1], end
	}
	return last.words, w
}

// candidates gives what a word may become after those before it, and whether it goes to the endpoint as it is typed.
func (s *Shell) candidates(ctx context.Context, before []word, w word) (found []candidate, raw bool) {
	c, n := find(s.table, before)
	if c == nil {
		return s.commandNames(before), false
	}
	before = before[n:]
	given := 0
	for i := 0; i < len(before); i++ {
		f := c.flag(before[i].text)
		switch {
		case f == nil || given > 0 && c.tail:
			given++
		case f.value == "":
		case i == len(before)-1:
			return s.ofKind(ctx, f.kind, nil, w.text), false
		default:
			i++
		}
	}
	if strings.HasPrefix(w.text, "-") && !w.quoted && !(c.tail && given > 0) {
		for _, f := range c.flags {
			found = append(found, candidate{text: f.name})
		}
		return found, false
	}
	if c.tail {
		return s.ofKind(ctx, c.params[0].kind, nil, w.text), true
	}
	if len(c.params) == 0 {
		return nil, false
	}
	p := c.params[min(given, len(c.params)-1)]
	if given >= len(c.params) && !p.many {
		return nil, false
	}
	return s.ofKind(ctx, p.kind, before, w.text), false
}

// commandNames gives the names of commands, or the second words of those that begin with the first.
func (s *Shell) commandNames(before []word) []candidate {
	var found []candidate
	for _, c := range s.table {
		for _, name := range append([]string{c.Name}, c.Aliases...) {
			first, second, two := strings.Cut(name, " ")
			switch {
			case len(before) == 0:
				found = append(found, candidate{text: first})
			case len(before) == 1 && two && strings.EqualFold(first, before[0].text):
				found = append(found, candidate{text: second})
			}
		}
	}
	return found
}

// ofKind gives what an argument may be. What the endpoint does not tell is nothing.
func (s *Shell) ofKind(ctx context.Context, k kind, before []word, typed string) []candidate {
	switch k {
	case remoteFile, remoteDir:
		return s.remotePaths(ctx, typed, k == remoteDir)
	case localFile:
		return s.localPaths(typed)
	case regKey:
		return s.registryKeys(ctx, typed)
	case regValue:
		return s.registryValues(ctx, before)
	case process:
		return s.processNames(ctx)
	case name:
		return s.commandNames(before)
	}
	return nil
}

func (s *Shell) remotePaths(ctx context.Context, typed string, dirsOnly bool) []candidate {
	var found []candidate
	dir, begun := s.paths.cut(typed)
	drive := strings.HasSuffix(dir, ":") // without a separator it is the drive, or what is in its directory
	if (dir == "" || drive) && s.paths.windows {
		for _, drive := range s.listOf(ctx, "drives") {
			found = append(found, candidate{drive, true})
		}
	}
	if drive {
		return found
	}
	at := s.abs(dir)
	entries, ok := get[[]entry](&s.known, "dir "+s.paths.key(at))
	if !ok {
		var err error
		if entries, err = s.inside(ctx, at); err != nil {
			return found
		}
	}
	for _, e := range entries {
		matches := len(e.name) >= len(begun) && s.paths.equal(e.name[:len(begun)], begun)
		switch {
		case !matches:
		case e.isDir():
			found = append(found, candidate{dir + e.name + s.paths.separator(), true})
		case !dirsOnly:
			found = append(found, candidate{dir + e.name, false})
		}
	}
	return found
}

func (s *Shell) localPaths(typed string) []candidate {
	dir, _ := filepath.Split(typed)
	in := s.local(dir)
	if in == "" {
		in = "."
	}
	entries, err := os.ReadDir(in)
	if err != nil {
		return nil
	}
	var found []candidate
	for _, e := range entries {
		c := candidate{text: dir + e.Name()}
		if e.IsDir() {
			c = candidate{c.text + string(filepath.Separator), true}
		}
		found = append(found, c)
	}
	return found
}

// readKey gives a key, from what is known or from the endpoint.
func (s *Shell) readKey(ctx context.Context, path string) registryKey {
	if k, ok := get[registryKey](&s.known, "key "+strings.ToLower(path)); ok {
		return k
	}
	k, err := s.key(ctx, path)
	if err != nil {
		return registryKey{}
	}
	return k
}

func (s *Shell) registryKeys(ctx context.Context, typed string) []candidate {
	var found []candidate
	at := strings.LastIndexByte(typed, '\\')
	if at < 0 {
		for _, root := range rootKeys() {
			found = append(found, candidate{root + `\`, true})
		}
		return found
	}
	for _, key := range s.readKey(ctx, keyPath(typed[:at])).keys {
		found = append(found, candidate{typed[:at+1] + key, true})
	}
	return found
}

// registryValues gives the names of the values in the key that is the argument before.
func (s *Shell) registryValues(ctx context.Context, before []word) []candidate {
	var found []candidate
	for i := len(before) - 1; i >= 0; i-- {
		if strings.HasPrefix(before[i].text, "-") && !before[i].quoted {
			continue
		}
		for _, name := range s.readKey(ctx, keyPath(before[i].text)).names {
			found = append(found, candidate{text: name})
		}
		break
	}
	return found
}

func (s *Shell) processNames(ctx context.Context) []candidate {
	all, ok := get[[]running](&s.known, "processes")
	if !ok {
		var err error
		if all, err = s.processes(ctx); err != nil {
			return nil
		}
	}
	var found []candidate
	for _, p := range all {
		found = append(found, candidate{text: fmt.Sprint(p.pid)})
		if base := s.paths.base(p.path); base != "" {
			found = append(found, candidate{text: base})
		}
	}
	return found
}
