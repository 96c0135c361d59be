package runtime_test

import (
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"github.com/cbscript/cbscript/builtins"
	"github.com/cbscript/cbscript/runtime"
	"github.com/google/go-cmp/cmp"
	"go.starlark.net/starlark"
)

// typed gives the lines of one chunk to Session.Read.
func typed(lines ...string) func() (string, error) {
	return func() (string, error) {
		line := lines[0]
		lines = lines[1:]
		return line, nil
	}
}

func evaluate(t *testing.T, s *runtime.Session, lines ...string) (string, error) {
	t.Helper()
	chunk, err := s.Read(typed(lines...))
	if err != nil {
		t.Fatal(runtime.Report(err))
	}
	v, err := s.Eval(t.Context(), chunk)
	if v == nil {
		return "", err
	}
	return v.String(), err
}

// Each chunk has the limits for itself, and parallel freezes what a function of a chunk uses and nothing else.
func TestSession(t *testing.T) {
	rt, err := runtime.New(runtime.Config{Predeclared: builtins.Predeclared(), Limits: runtime.Limits{Steps: 50_000}})
	if err != nil {
		t.Fatal(err)
	}
	s := rt.NewSession(nil)
	for _, step := range []struct {
		lines []string
		want  string
	}{
		{[]string{"results = []; factor = [2]"}, ""},
		{[]string{"def spin():", "    for i in range(5000): pass", ""}, ""},
		{[]string{"spin()"}, "None"},
		{[]string{"spin()"}, "None"},
		{[]string{"parallel(lambda n: n * factor[0], [1, 2])"}, "[2, 4]"},
		{[]string{"results.append(1); results"}, ""},
		{[]string{"results"}, "[1]"},
		{[]string{"attempt(factor.append, 3).error.message"}, `"append: cannot append to frozen list"`},
	} {
		got, err := evaluate(t, s, step.lines...)
		if err != nil || got != step.want {
			t.Errorf("%q: got %q, %v; want %q", step.lines, got, err, step.want)
		}
	}
}

// A chunk that hangs is given up; the session goes on without what the chunk does later.
func TestSessionAfterHang(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		release := make(chan struct{})
		rt, err := runtime.New(runtime.Config{
			Predeclared: builtin("stuck", func(*starlark.Thread) error { <-release; return nil }),
			Limits:      runtime.Limits{Time: time.Minute},
		})
		if err != nil {
			t.Fatal(err)
		}
		s := rt.NewSession(nil)
		_, err = evaluate(t, s, "x = 1; stuck(); y = 2")
		var hang *runtime.HangError
		if !errors.As(err, &hang) {
			t.Fatalf("got %v, want a HangError", err)
		}
		if got, err := evaluate(t, s, "1 + 1"); got != "2" || err != nil {
			t.Errorf("after it: got %q, %v; want 2", got, err)
		}
		close(release)
		synctest.Wait()
		if diff := cmp.Diff([]string{"_", "stuck"}, s.Globals().Keys()); diff != "" {
			t.Errorf("names (-want +got)\n%s", diff)
		}
	})
}

func TestSessionRefusesHugeInput(t *testing.T) {
	rt, err := runtime.New(runtime.Config{Limits: runtime.Limits{Source: 10}})
	if err != nil {
		t.Fatal(err)
	}
	_, err = rt.NewSession(nil).Read(typed("x = 1234567890"))
	var limit *runtime.LimitError
	if !errors.As(err, &limit) || limit.Limit != "source" {
		t.Errorf("got %v, want the limit of the source", err)
	}
}
