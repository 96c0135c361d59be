package arg_test

import (
	"testing"
	"time"

	"github.com/cbscript/cbscript/bindings/arg"
	"github.com/cbscript/cbscript/bindings/clock"
	"github.com/google/go-cmp/cmp"
	"go.starlark.net/starlark"
)

func TestUnpack(t *testing.T) {
	moment := time.Date(2016, 11, 11, 20, 59, 31, 631_000_000, time.UTC)
	duration := func() starlark.Unpacker { return new(arg.Duration) }
	timeout := func() starlark.Unpacker { return new(arg.Timeout) }
	when := func() starlark.Unpacker { return new(arg.Time) }
	workers := func() starlark.Unpacker { return new(arg.Workers) }
	count := func() starlark.Unpacker { return new(arg.Count) }
	for _, test := range []struct {
		name    string
		target  func() starlark.Unpacker
		in      starlark.Value
		want    any
		wantErr string
	}{
		{"seconds", duration, starlark.MakeInt(30), arg.Duration(30 * time.Second), ""},
		{"negative seconds", duration, starlark.MakeInt(-1), arg.Duration(-time.Second), ""},
		{"fraction", duration, starlark.Float(0.25), arg.Duration(250 * time.Millisecond), ""},
		{"duration", duration, clock.Duration(time.Hour), arg.Duration(time.Hour), ""},
		{"text", duration, starlark.String("1h30m"), arg.Duration(90 * time.Minute), ""},
		{"days", duration, starlark.String("7d"), arg.Duration(7 * 24 * time.Hour), ""},
		{"bad text", duration, starlark.String("soon"), nil, `got "soon", want a duration, such as "30s", "1h30m" or "7d"`},
		{"too long", duration, starlark.Float(1e300), nil, "1e+300 seconds: the result is out of range, want at most 292 years"},
		{"no duration", duration, starlark.None, nil, `got NoneType, want seconds, a duration, or text such as "30s"`},

		{"timeout", timeout, starlark.MakeInt(5), arg.Timeout(5 * time.Second), ""},
		{"zero timeout", timeout, starlark.MakeInt(0), nil, "got 0:00:00, want a duration above zero, or None for no limit"},
		{"negative timeout", timeout, starlark.MakeInt(-3), nil, "got -0:00:03, want a duration above zero, or None for no limit"},
		{"bad timeout", timeout, starlark.Bool(true), nil, `got bool, want seconds, a duration, or text such as "30s"`},

		{"time", when, clock.Time(moment), moment, ""},
		{"time text", when, starlark.String("2016-11-11T20:59:31.631Z"), moment, ""},
		{"printed time", when, starlark.String("2016-11-11 20:59:31.631000"), moment, ""},
		{"bad time", when, starlark.String("-2h"), nil, `got "-2h", want a time, such as "2016-11-11T20:59:31Z"`},
		{"no time", when, starlark.MakeInt(7), nil, `got int, want a time, or text such as "2016-11-11T20:59:31Z"`},

		{"one worker", workers, starlark.MakeInt(1), arg.Workers(1), ""},
		{"most workers", workers, starlark.MakeInt(64), arg.Workers(64), ""},
		{"no worker", workers, starlark.MakeInt(0), nil, "got 0, want 1 to 64"},
		{"too many workers", workers, starlark.MakeInt(65), nil, "got 65, want 1 to 64"},
		{"half a worker", workers, starlark.Float(1.5), nil, "got float, want 1 to 64"},

		{"count", count, starlark.MakeInt(0), arg.Count(0), ""},
		{"negative count", count, starlark.MakeInt(-1), nil, "got -1, want 0 to 2147483647"},
		{"huge count", count, starlark.MakeInt(1).Lsh(80), nil, "got 1208925819614629174706176, want 0 to 2147483647"},
	} {
		t.Run(test.name, func(t *testing.T) {
			target := test.target()
			err := target.Unpack(test.in)
			if test.wantErr != "" {
				if err == nil || err.Error() != test.wantErr {
					t.Fatalf("got error %v, want %q", err, test.wantErr)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(test.want, deref(target)); diff != "" {
				t.Errorf("(-want +got)\n%s", diff)
			}
		})
	}
}

// deref gives the value behind the pointer, a time as one that cmp can compare.
func deref(v starlark.Unpacker) any {
	switch v := v.(type) {
	case *arg.Duration:
		return *v
	case *arg.Timeout:
		return *v
	case *arg.Time:
		return time.Time(*v)
	case *arg.Workers:
		return *v
	case *arg.Count:
		return *v
	}
	return v
}
