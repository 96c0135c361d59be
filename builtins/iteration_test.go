package builtins_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/cbscript/cbscript/bindings"
	"github.com/cbscript/cbscript/builtins"
	"github.com/google/go-cmp/cmp"
	"go.starlark.net/starlark"
	"go.starlark.net/starlarkstruct"
	"go.starlark.net/syntax"
)

// broken stands for a query of ten results whose second page fails: it gives four items, and raises for the fifth. With
// at set, that operation raises instead, and the items come through.
type broken struct {
	at   string
	text bool // the items are texts
}

var (
	_ starlark.Sequence  = broken{}
	_ starlark.Sliceable = broken{}
	_ starlark.Mapping   = broken{}
	_ starlark.Container = broken{}
)

func (broken) String() string        { return "<broken>" }
func (broken) Type() string          { return "broken" }
func (broken) Freeze()               {}
func (broken) Hash() (uint32, error) { return 0, errors.New("unhashable: broken") }
func (b broken) raise(at string) {
	if b.at == at {
		bindings.Raise(&serverError{})
	}
}
func (b broken) Truth() starlark.Bool             { b.raise("truth"); return true }
func (b broken) Len() int                         { b.raise("len"); return 10 }
func (b broken) Index(i int) starlark.Value       { b.raise("index"); return starlark.MakeInt(i) }
func (b broken) Slice(_, _, _ int) starlark.Value { b.raise("slice"); return b }
func (b broken) Has(starlark.Value) (bool, error) { b.raise("has"); return false, nil }
func (b broken) Iterate() starlark.Iterator       { return &brokenIterator{b: b} }
func (b broken) Get(k starlark.Value) (starlark.Value, bool, error) {
	if b.at == "index" {
		return nil, false, &serverError{}
	}
	return k, true, nil
}

type brokenIterator struct {
	b broken
	n int
}

func (it *brokenIterator) Done() {}
func (it *brokenIterator) Next(p *starlark.Value) bool {
	if it.n == 4 {
		it.b.raise("next")
	}
	if it.n == 10 {
		return false
	}
	*p = starlark.MakeInt(it.n)
	if it.b.text {
		*p = starlark.String("x")
	}
	it.n++
	return true
}

func makeBroken(_ *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	at := "next"
	if err := starlark.UnpackArgs(b.Name(), args, kwargs, "at?", &at); err != nil {
		return nil, err
	}
	return broken{at: at}, nil
}

// breaking lists every construct of the language that reads an iterable, a length, a truth value or an index; q is broken.
// effect notes that something went on behind the error, item that an item was seen.
var breaking = []struct {
	name, src string
	at        string // where it breaks; "next" unless set
	items     int    // how many items were seen before the error
}{
	{"for", "for x in q:\n        item(x)", "", 4},
	{"for with break later", "for x in q:\n        item(x)\n        if x == 7:\n            break", "", 4},
	{"nested for", "for x in [1, 2]:\n        for y in q:\n            item(y)\n        effect()", "", 4},
	{"list comprehension", "[item(x) for x in q]", "", 4},
	{"dict comprehension", "{x: item(x) for x in q}", "", 4},
	{"condition of a comprehension", "[effect() for x in [1] if [y for y in q]]", "", 0},
	{"list", "effect(list(q))", "", 0},
	{"tuple", "effect(tuple(q))", "", 0},
	{"set", "effect(set(q))", "", 0},
	{"dict", "effect(dict([(1, 2)], **{'a': list(q)}))", "", 0},
	{"sorted", "effect(sorted(q))", "", 0},
	{"sorted with key", "effect(sorted(q, key = item))", "", 0},
	{"sorted by broken keys", "effect(sorted([1, 2], key = lambda x: list(q)))", "", 0},
	{"reversed", "effect(reversed(q))", "", 0},
	{"zip", "effect(zip(q, range(10)))", "", 0},
	{"zip, broken second", "effect(zip(range(10), q))", "", 0},
	{"enumerate", "effect(enumerate(q))", "", 0},
	{"max", "effect(max(q))", "", 0},
	{"min with key", "effect(min(q, key = item))", "", 4},
	{"any", "effect(any([x > 100 for x in q]))", "", 0},
	{"all", "effect(all([x < 100 for x in q]))", "", 0},
	{"any of the iterable", "effect(any(q[1:1]))", "slice", 0},
	{"unpack ten", "a, b, c, d, e, f, g, h, i, j = q\n    effect(a)", "", 0},
	{"*args", "effect(*q)", "", 0},
	{"*args of a function", "note(*q)", "", 0},
	{"**kwargs after *args", "effect(*q, **{})", "", 0},
	{"in", "effect(3 in q)", "has", 0},
	{"not in", "effect(3 not in q)", "has", 0},
	{"extend", "kept.extend(q)\n    effect()", "", 0},
	{"list +=", "l = []\n    l += q\n    effect()", "", 0},
	{"set union", "effect(set([1]).union(q))", "", 0},
	{"set update", "set([1]).update(q)\n    effect()", "", 0},
	{"join", "effect(''.join(texts))", "", 0},
	{"json.encode", "effect(json.encode(q))", "", 0},
	{"json.encode inside", "effect(json.encode({'a': [q]}))", "", 0},
	{"callback of a builtin", "re.sub('a', lambda m: ''.join([str(x) for x in q]), 'aa')\n    effect()", "", 0},
	{"max with callback", "effect(max([1, 2], key = lambda x: len(list(q))))", "", 0},
	{"progress", "for x in progress(q):\n        item(x)", "", 4},
	{"parallel", "effect(parallel(str, q))", "", 0},
	{"parallel, inside", "effect(parallel(lambda x: list(q), [1, 2]))", "", 0},
	{"csv.writerows", "csv.writer().writerows([q])\n    effect()", "", 0},
	{"emit", "emit(x = [y for y in q])\n    effect()", "", 0},
	{"default", "def g(x = list(q)):\n        effect()\n    g()", "", 0},
	{"len", "effect(len(q))", "len", 0},
	{"bool", "effect(bool(q))", "truth", 0},
	{"not", "effect(not q)", "truth", 0},
	{"if", "if q:\n        effect()\n    else:\n        effect()", "truth", 0},
	{"and", "effect(q and 1)", "truth", 0},
	{"or", "effect(q or 1)", "truth", 0},
	{"conditional", "effect(1 if q else 2)", "truth", 0},
	{"index", "effect(q[0])", "index", 0},
	{"slice", "effect(q[1:3])", "slice", 0},
	{"slice asks the length", "effect(q[:2])", "len", 0},
}

func TestErrorsStopEveryConstruct(t *testing.T) {
	for _, test := range breaking {
		t.Run(test.name, func(t *testing.T) {
			var effects, items int
			count := func(n *int) *starlark.Builtin {
				return starlark.NewBuiltin("count", func(_ *starlark.Thread, _ *starlark.Builtin, args starlark.Tuple, _ []starlark.Tuple) (starlark.Value, error) {
					*n++
					if len(args) > 0 {
						return args[0], nil
					}
					return starlark.None, nil
				})
			}
			at := test.at
			if at == "" {
				at = "next"
			}
			env := builtins.Predeclared()
			env["q"], env["texts"] = broken{at: at}, broken{at: at, text: true}
			env["effect"], env["item"] = count(&effects), count(&items)
			src := "kept = []\ndef note(*args):\n    effect()\ndef f():\n    " + test.src + "\n    effect()\n"

			_, err := run(t, env, src+"f()\neffect()\n")
			var cause *serverError
			if !errors.As(err, &cause) {
				t.Fatalf("the script ended with %v, want the server's error", err)
			}
			var script *bindings.ScriptError
			if !errors.As(err, &script) || !strings.Contains(script.Backtrace(), "hunt.star:") {
				t.Errorf("the error has no place in the script: %v", err)
			}
			if effects != 0 || items != test.items {
				t.Errorf("%d steps ran behind the error, %d items were seen before, want 0 and %d", effects, items, test.items)
			}

			effects, items = 0, 0
			globals, err := run(t, env, src+"r = attempt(f)\nkind, ok, status = r.error.kind, r.ok, r.error.status\n")
			if err != nil {
				t.Fatalf("attempt did not catch it: %v", err)
			}
			got := fmt.Sprintf("%s %s %s", globals["kind"], globals["ok"], globals["status"])
			if want := `"ServerError" False 502`; got != want || effects != 0 || items != test.items {
				t.Errorf("attempt gave %s after %d steps and %d items, want %s", got, effects, items, want)
			}
		})
	}
}

var dialect = &syntax.FileOptions{Set: true, TopLevelControl: true, GlobalReassign: true, Recursion: true}

// run runs a script with every builtin on an attached thread.
func run(t *testing.T, env starlark.StringDict, src string) (starlark.StringDict, error) {
	t.Helper()
	thread, detach := attached(t)
	defer detach()
	_, program, err := starlark.SourceProgramOptions(dialect, "hunt.star", src, env.Has)
	if err != nil {
		t.Fatal(err)
	}
	var globals starlark.StringDict
	_, err = bindings.SafeCall(thread, func() (starlark.Value, error) {
		var err error
		globals, err = program.Init(thread, env)
		return starlark.None, err
	})
	return globals, err
}

// attached returns a thread with a host, attached to the calling goroutine.
func attached(t *testing.T) (*starlark.Thread, func()) {
	thread := &starlark.Thread{Name: t.Name()}
	newHost().prepare(thread)
	return thread, bindings.Attach(thread, t.Context())
}

// overpromising claims more items than it gives, and fewer, as servers do.
type overpromising struct {
	starlark.Value
	claimed, real int
}

func (o overpromising) Len() int                   { return o.claimed }
func (o overpromising) Iterate() starlark.Iterator { return starlark.Iterate(mustRange(o.real)) }

func mustRange(n int) starlark.Value {
	v, err := starlark.Universe["range"].(*starlark.Builtin).CallInternal(nil, starlark.Tuple{starlark.MakeInt(n)}, nil)
	if err != nil {
		panic(err)
	}
	return v
}

func TestLengthsAreNotTrusted(t *testing.T) {
	base := starlarkstruct.FromStringDict(starlarkstruct.Default, nil)
	for _, test := range []struct {
		claimed, real int
		want          string
	}{
		{5, 2, `[(0, 0), (1, 1)] [(0, "a"), (1, "b")] 2`},
		{1, 3, `[(0, 0), (1, 1), (2, 2)] [(0, "a"), (1, "b"), (2, "c")] 3`},
	} {
		env := builtins.Predeclared()
		env["q"] = overpromising{base, test.claimed, test.real}
		globals, err := run(t, env, "e, z = enumerate(q), zip(q, ['a', 'b', 'c', 'd'])\nn = len(list(q))\n")
		if err != nil {
			t.Fatal(err)
		}
		got := fmt.Sprintf("%s %s %s", globals["e"], globals["z"], globals["n"])
		if diff := cmp.Diff(test.want, got); diff != "" {
			t.Errorf("(-want +got)\n%s", diff)
		}
	}
}
