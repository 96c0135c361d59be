package runtime_test

import (
	"errors"
	"reflect"
	"testing"
	"time"

	"github.com/cbscript/cbscript/runtime"
	"github.com/google/go-cmp/cmp"
	"github.com/spf13/pflag"
)

func TestLimitFlags(t *testing.T) {
	const none = runtime.Unlimited
	tests := []struct {
		name string
		args []string
		want runtime.Limits
		err  string
	}{
		{"defaults", nil, runtime.Limits{}, ""},
		{"all", []string{"--timeout=90s", "--max-steps=1,000_000", "--max-depth=50", "--max-memory=512MiB", "--max-output=2g",
			"--max-requests=10", "--max-source=1kb"},
			runtime.Limits{Time: 90 * time.Second, Steps: 1_000_000, Depth: 50, Memory: 512 << 20, Output: 2 << 30, Requests: 10, Source: 1024}, ""},
		{"bytes", []string{"--max-memory=100", "--max-output=100b"}, runtime.Limits{Memory: 100, Output: 100}, ""},
		{"none", []string{"--max-steps=none", "--max-memory=0"}, runtime.Limits{Steps: none, Memory: none}, ""},
		{"word", []string{"--max-steps=many"}, runtime.Limits{}, `invalid argument "many" for "--max-steps" flag: want a number such as 10,000, or none`},
		{"unit of a number", []string{"--max-steps=1k"}, runtime.Limits{}, `invalid argument "1k" for "--max-steps" flag: want a number such as 10,000, or none`},
		{"negative", []string{"--max-memory=-1MiB"}, runtime.Limits{}, `invalid argument "-1MiB" for "--max-memory" flag: want a size such as 512MiB, or none`},
		{"too large", []string{"--max-memory=99999999999G"}, runtime.Limits{}, `invalid argument "99999999999G" for "--max-memory" flag: want a size such as 512MiB, or none`},
		{"beyond the bound", []string{"--max-source=2MiB"}, runtime.Limits{}, `invalid argument "2MiB" for "--max-source" flag: want at most 1 MiB`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var got runtime.Limits
			set := pflag.NewFlagSet("run", pflag.ContinueOnError)
			got.AddFlags(set)
			err := set.Parse(tt.args)
			if (err == nil) != (tt.err == "") || err != nil && err.Error() != tt.err {
				t.Fatalf("got error %v, want %q", err, tt.err)
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("(-want +got)\n%s", diff)
			}
		})
	}
}

// Each limit but the grace has a flag, and the errors name flags that exist.
func TestEveryLimitHasAFlag(t *testing.T) {
	var l runtime.Limits
	set := pflag.NewFlagSet("run", pflag.ContinueOnError)
	l.AddFlags(set)
	flags := 0
	set.VisitAll(func(*pflag.Flag) { flags++ })
	if fields := reflect.TypeFor[runtime.Limits]().NumField(); flags != fields-1 {
		t.Errorf("%d flags for %d limits, want one less", flags, fields)
	}
	rt, err := runtime.New(runtime.Config{Limits: runtime.Limits{Steps: 10, Output: 1, Depth: 1, Source: 100}})
	if err != nil {
		t.Fatal(err)
	}
	for _, source := range []string{"for i in range(100): pass", "print(1)", string(make([]byte, 200))} {
		_, err := rt.Run(t.Context(), &runtime.Script{Name: "x.star", Source: source})
		var limit *runtime.LimitError
		if !errors.As(err, &limit) || set.Lookup(limit.Flag[2:]) == nil {
			t.Errorf("%q: got %v, want a LimitError that names a flag", source, err)
		}
	}
}
