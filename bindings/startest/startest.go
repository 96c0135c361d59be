// Package startest runs tests that are written in Starlark. It is for the tests of this module.
//
// A file consists of chunks, separated by lines "---", each a script of its own. A line that must fail ends in a
// comment with a Go string, a regular expression that the error's text matches:
//
//	load("assert.star", "assert")
//	assert.eq(job.sensor_id, 7)
//	---
//	job.sensorid ### "did you mean .sensor_id"
package startest

import (
	"errors"
	"fmt"
	"os"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/cbscript/cbscript/bindings"
	"github.com/cbscript/cbscript/bindings/share"
	"go.starlark.net/resolve"
	"go.starlark.net/starlark"
	"go.starlark.net/starlarktest"
	"go.starlark.net/syntax"
)

// Run runs each chunk of a file as a subtest, on a thread that setup, which may be nil, has prepared. The chunks see the
// names of env, and can load "assert.star" (see package starlarktest).
func Run(t *testing.T, file string, env starlark.StringDict, setup func(*starlark.Thread)) {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	line := 1
	for chunk := range strings.SplitSeq(string(text), "\n---\n") {
		c := chunkAt(t, file, line, chunk)
		line += strings.Count(chunk, "\n") + 2
		t.Run(fmt.Sprintf("line %d", c.line), func(t *testing.T) { c.run(t, env, setup) })
	}
}

// chunk is one script of a file.
type chunk struct {
	file string
	line int // of its first statement
	src  string
	want map[int32]*regexp.Regexp // by line
}

func chunkAt(t *testing.T, file string, line int, text string) chunk {
	t.Helper()
	c := chunk{file: file, line: line, want: make(map[int32]*regexp.Regexp)}
	// Lines keep the numbers that they have in the file.
	c.src = strings.Repeat("\n", line-1) + text
	for i, l := range strings.Split(text, "\n") {
		_, quoted, ok := strings.Cut(l, "###")
		if !ok {
			continue
		}
		pattern, err := strconv.Unquote(strings.TrimSpace(quoted))
		if err != nil {
			t.Fatalf("%s:%d: not a quoted expression: %s", file, line+i, quoted)
		}
		c.want[int32(line+i)] = regexp.MustCompile(pattern)
	}
	return c
}

func (c chunk) run(t *testing.T, env starlark.StringDict, setup func(*starlark.Thread)) {
	thread := &starlark.Thread{
		Name:  t.Name(),
		Load:  load,
		Print: func(_ *starlark.Thread, text string) { t.Log(text) },
	}
	starlarktest.SetReporter(thread, t)
	index := new(share.Index)
	share.Set(thread, index)
	if setup != nil {
		setup(thread)
	}
	defer bindings.Attach(thread, t.Context())()
	options := &syntax.FileOptions{Set: true, TopLevelControl: true, GlobalReassign: true, Recursion: true}
	f, program, err := starlark.SourceProgramOptions(options, c.file, c.src, env.Has)
	if err == nil {
		index.Add(f)
		_, err = bindings.SafeCall(thread, func() (starlark.Value, error) {
			_, err := program.Init(thread, env)
			return starlark.None, err
		})
	}
	c.check(t, err)
	for line := range c.want {
		t.Errorf("%s:%d: the expected error did not come", c.file, line)
	}
}

func load(_ *starlark.Thread, name string) (starlark.StringDict, error) {
	if name != "assert.star" {
		return nil, fmt.Errorf("a test loads only assert.star, not %q", name)
	}
	return starlarktest.LoadAssertModule()
}

// check matches the errors of a chunk with the expected ones.
func (c chunk) check(t *testing.T, err error) {
	t.Helper()
	var (
		script *bindings.ScriptError
		syn    syntax.Error
		res    resolve.ErrorList
	)
	switch {
	case err == nil:
	case errors.As(err, &script):
		c.got(t, c.lineOf(script.Stack), script.Error(), script.Backtrace())
	case errors.As(err, &syn):
		c.got(t, syn.Pos.Line, syn.Msg, err.Error())
	case errors.As(err, &res):
		for _, e := range res {
			c.got(t, e.Pos.Line, e.Msg, e.Error())
		}
	default:
		t.Error(err)
	}
}

// lineOf returns the line in the file that is innermost on a stack.
func (c chunk) lineOf(stack starlark.CallStack) int32 {
	for i := len(stack) - 1; i >= 0; i-- {
		if stack[i].Pos.Filename() == c.file {
			return stack[i].Pos.Line
		}
	}
	return 0
}

func (c chunk) got(t *testing.T, line int32, text, full string) {
	t.Helper()
	want := c.want[line]
	delete(c.want, line)
	switch {
	case want == nil:
		t.Errorf("%s:%d: unexpected error:\n%s", c.file, line, full)
	case !want.MatchString(text):
		t.Errorf("%s:%d: error %q does not match %q", c.file, line, text, want)
	}
}
