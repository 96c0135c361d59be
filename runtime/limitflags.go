package runtime

import (
	"fmt"
	"math"
	"strconv"
	"strings"

	"github.com/spf13/pflag"
)

// AddFlags defines a flag for each limit that a user may set, whose values go into l. They are the flags that a
// [LimitError] names. A count takes commas or underscores between digits, a size one of the units KiB, MiB and GiB; none
// or 0 means no limit.
func (l *Limits) AddFlags(set *pflag.FlagSet) {
	defaults := Limits{}.withDefaults()
	set.DurationVar(&l.Time, "timeout", l.Time, "end the script after this `time`, such as 90s or 2h (default none)")
	set.Var(&limitFlag{set: func(n int64) { l.Steps = n }, max: math.MaxInt64, shown: grouped(defaults.Steps)},
		"max-steps", "end the script after this `number` of steps")
	set.Var(&limitFlag{set: func(n int64) { l.Depth = int(n) }, max: maxDepth, shown: grouped(int64(defaults.Depth))},
		"max-depth", "end the script when its calls are nested deeper than this `number`")
	set.Var(&limitFlag{set: func(n int64) { l.Memory = n }, max: math.MaxInt64, size: true, shown: bytesText(defaults.Memory)},
		"max-memory", "end the script when it holds more memory than this `size`")
	set.Var(&limitFlag{set: func(n int64) { l.Output = n }, max: math.MaxInt64, size: true, shown: bytesText(defaults.Output)},
		"max-output", "end the script when it has written more than this `size`")
	set.Var(&limitFlag{set: func(n int64) { l.Requests = n }, max: math.MaxInt64, shown: "none"},
		"max-requests", "end the script after this `number` of requests")
	set.Var(&limitFlag{set: func(n int64) { l.Source = int(n) }, max: maxSource, size: true, shown: bytesText(int64(defaults.Source))},
		"max-source", "refuse a script or a loaded file larger than this `size`")
}

// limitFlag is the value of one limit's flag.
type limitFlag struct {
	set   func(int64)
	max   int64
	size  bool
	shown string // the value as the help shows it
}

// String is the current value.
func (f *limitFlag) String() string { return f.shown }

// Type names the value in the help.
func (f *limitFlag) Type() string { return "number" }

// Set reads a count or a size.
func (f *limitFlag) Set(text string) error {
	n, err := f.parse(text)
	if err != nil {
		return err
	}
	f.shown = text
	if n == 0 {
		n = Unlimited
	}
	f.set(n)
	return nil
}

func (f *limitFlag) parse(text string) (int64, error) {
	if text == "none" {
		return 0, nil
	}
	digits, unit := strings.NewReplacer(",", "", "_", "", " ", "").Replace(text), int64(1)
	if f.size {
		digits, unit = cutUnit(digits)
	}
	n, err := strconv.ParseInt(digits, 10, 64)
	switch {
	case err != nil || n < 0 || n > math.MaxInt64/unit:
		if f.size {
			return 0, fmt.Errorf("want a size such as 512MiB, or none")
		}
		return 0, fmt.Errorf("want a number such as 10,000, or none")
	case n*unit > f.max && f.size:
		return 0, fmt.Errorf("want at most %s", bytesText(f.max))
	case n*unit > f.max:
		return 0, fmt.Errorf("want at most %s", grouped(f.max))
	}
	return n * unit, nil
}

// cutUnit takes the unit of a size off. K, KB and KiB all mean 1024 bytes, and so on.
func cutUnit(text string) (digits string, unit int64) {
	end := strings.TrimRight(strings.ToLower(text), "bi")
	for i, letter := range "kmg" {
		if rest, ok := strings.CutSuffix(end, string(letter)); ok {
			return rest, 1 << (10 * (i + 1))
		}
	}
	if strings.HasSuffix(strings.ToLower(text), "b") && !strings.HasSuffix(strings.ToLower(text), "ib") {
		return end, 1
	}
	return text, 1
}
