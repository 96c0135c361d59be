package clock_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/cbscript/cbscript/bindings/clock"
	"github.com/google/go-cmp/cmp"
	"go.starlark.net/starlark"
	"go.starlark.net/syntax"
)

var start = time.Date(2016, 11, 11, 20, 59, 31, 631_000_000, time.UTC)

// TestExpressions evaluates each expression with t, the time above, e, a quarter of a second and two days later, and
// d, the difference; want is the repr of the result.
func TestExpressions(t *testing.T) {
	env := starlark.StringDict{
		"t": clock.Time(start),
		"e": clock.Time(start.Add(48*time.Hour + 250*time.Millisecond)),
		"d": clock.Duration(48*time.Hour + 250*time.Millisecond),
		"h": clock.Duration(time.Hour),
		"z": clock.Time{},
		"b": clock.Time(time.Date(2016, 11, 11, 21, 59, 31, 0, time.FixedZone("CET", 3600))),
	}
	for _, test := range []struct{ expr, want, wantErr string }{
		{expr: `"%s|%s" % (t, str(t))`, want: `"2016-11-11 20:59:31.631000|2016-11-11 20:59:31.631000"`},
		{expr: `"{}".format(b)`, want: `"2016-11-11 21:59:31+01:00"`},
		{expr: `[t.year, t.month, t.day, t.hour, t.minute, t.second, t.microsecond, t.nanosecond]`,
			want: `[2016, 11, 11, 20, 59, 31, 631000, 631000000]`},
		{expr: `[t.unix, t.unix_nano, t.timestamp()]`, want: `[1478897971, 1478897971631000000, 1.478897971631e+09]`},
		{expr: `t.format("02.01.2006")`, want: `"11.11.2016"`},
		{expr: `t.strftime("%Y-%m-%dT%H:%M:%S.%fZ %%")`, want: `"2016-11-11T20:59:31.631000Z %"`},
		{expr: `t.strftime("%Q")`, wantErr: `strftime: format "%Q": unknown letter %Q`},
		{expr: `t.strftime("%")`, wantErr: `strftime: format "%" ends in a single %, write %% for the sign`},
		{expr: `[t.date(), t.time(), b.time()]`, want: `["2016-11-11", "20:59:31.631000", "21:59:31"]`},
		{expr: `t.isoformat()`, want: `"2016-11-11T20:59:31.631000"`},
		{expr: `t.isoformat(sep = " ")`, want: `"2016-11-11 20:59:31.631000"`},
		{expr: `t.isoformat("--")`, wantErr: `isoformat: for parameter sep: got "--", want one character`},
		{expr: `t.weekday()`, want: `4`},
		{expr: `t.replace(hour = 0, minute = 0, second = 0, microsecond = 7)`, want: `2016-11-11 00:00:00.000007`},
		{expr: `t.replace(month = 13)`, wantErr: "replace: for parameter month: got 13, want 1 to 12"},
		{expr: `t.replace(month = 2, day = 30)`, wantErr: "replace: for parameter day: month 2 of 2016 has no day 30"},
		{expr: `t.replace(tzinfo = None)`, wantErr: "replace: times carry their zone, and those of the servers are in UTC already: " +
			"leave tzinfo out, or use in_location(name)"},
		{expr: `t.in_location("America/New_York")`, want: `2016-11-11 15:59:31.631000-05:00`},
		{expr: `t.astimezone("Europe/Berlin").hour`, want: `21`},
		{expr: `t.in_location("Local")`, wantErr: `in_location: for parameter location: got "Local", want the name of a time zone, such as "Europe/Berlin"`},
		{expr: `t.in_location("../zone")`, wantErr: `in_location: for parameter location: got "../zone", want the name of a time zone, such as "Europe/Berlin"`},
		{expr: `t.tzinfo`, wantErr: "time.time has no .tzinfo field or method"},
		{expr: `t.hours`, wantErr: "time.time has no .hours field or method (did you mean .hour?)"},
		{expr: `[bool(t), bool(z)]`, want: `[True, False]`},

		{expr: `e - t`, want: `2 days, 0:00:00.250000`},
		{expr: `[e - t == d, t + d == e, d + t == e, e - d == t]`, want: `[True, True, True, True]`},
		{expr: `t - z`, wantErr: "2016-11-11 20:59:31.631000 - 0001-01-01 00:00:00: the result is out of range, want at most 292 years"},
		{expr: `d - t`, wantErr: "unknown binary op: time.duration - time.time"},
		{expr: `t + t`, wantErr: "unknown binary op: time.time + time.time"},
		{expr: `[t < e, t >= e, t != b, sorted([e, t])[0] == t]`, want: `[True, False, True, True]`},
		{expr: `{t: 1}[e - d]`, want: `1`},

		{expr: `[d.days, d.hours, d.minutes, d.seconds]`, want: `[2, 48.00006944444444, 2880.0041666666666, 172800.25]`},
		{expr: `[d.milliseconds, d.microseconds, d.nanoseconds]`, want: `[172800250, 172800250000, 172800250000000]`},
		{expr: `d.total_seconds()`, want: `172800.25`},
		{expr: `(-d).days`, want: `-3`},
		{expr: `d.hour`, wantErr: "time.duration has no .hour field or method (did you mean .hours?)"},
		{expr: `[-h, +h, h * 2, 2 * h, h / 2, h * 1.5, 0.5 * h]`, want: `[-1:00:00, 1:00:00, 2:00:00, 2:00:00, 0:30:00, 1:30:00, 0:30:00]`},
		{expr: `[d / h, d // h, d % h, (-d) // h, h - d]`, want: `[48.00006944444444, 48, 0:00:00.250000, -49, -1 day, 23:00:00.250000]`},
		{expr: `h / 0`, wantErr: "duration division by zero"},
		{expr: `h // (h - h)`, wantErr: "duration division by zero"},
		{expr: `2 / h`, wantErr: "unknown binary op: int / time.duration"},
		{expr: `h * (1 << 62)`, wantErr: "the result is out of range, want at most 292 years"},
		{expr: `h * 1e300`, wantErr: "the result is out of range, want at most 292 years"},
		{expr: `[h < d, h == h + h - h, bool(h - h), {h: 1}[h]]`, want: `[True, True, False, 1]`},
	} {
		t.Run(test.expr, func(t *testing.T) {
			got, err := starlark.EvalOptions(&syntax.FileOptions{Set: true}, new(starlark.Thread), "expr", test.expr, env)
			if test.wantErr != "" {
				if err == nil || err.Error() != test.wantErr {
					t.Fatalf("got %v, error %v, want error %q", got, err, test.wantErr)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(test.want, got.String()); diff != "" {
				t.Errorf("(-want +got)\n%s", diff)
			}
		})
	}
}

func TestAttrNames(t *testing.T) {
	times := []string{"astimezone", "date", "day", "format", "hour", "in_location", "isoformat", "microsecond", "minute", "month",
		"nanosecond", "replace", "second", "strftime", "time", "timestamp", "unix", "unix_nano", "weekday", "year"}
	if diff := cmp.Diff(times, clock.Time{}.AttrNames()); diff != "" {
		t.Errorf("time (-want +got)\n%s", diff)
	}
	durations := []string{"days", "hours", "microseconds", "milliseconds", "minutes", "nanoseconds", "seconds", "total_seconds"}
	if diff := cmp.Diff(durations, clock.Duration(0).AttrNames()); diff != "" {
		t.Errorf("duration (-want +got)\n%s", diff)
	}
}

func TestParseDuration(t *testing.T) {
	for _, test := range []struct {
		in   string
		want time.Duration
		ok   bool
	}{
		{"30s", 30 * time.Second, true},
		{"1h30m", 90 * time.Minute, true},
		{"-1.5s", -1500 * time.Millisecond, true},
		{"7d", 168 * time.Hour, true},
		{"1w2d12h", 228 * time.Hour, true},
		{"0:01:30", 90 * time.Second, true},
		{"-2 days, 0:00:00.250000", -(48*time.Hour + 250*time.Millisecond), true},
		{"0", 0, true},
		{"", 0, false},
		{"-", 0, false},
		{"5", 0, false},
		{"1 fortnight", 0, false},
		{"--3s", 0, false},
		{"3s-", 0, false},
		{"999999w", 0, false},
		{strings.Repeat("1s", 100), 0, false},
	} {
		t.Run(test.in, func(t *testing.T) {
			got, err := clock.ParseDuration(test.in)
			if (err == nil) != test.ok || time.Duration(got) != test.want {
				t.Errorf("got %v, error %v, want %v, ok %v", got, err, test.want, test.ok)
			}
		})
	}
}

func TestParseTime(t *testing.T) {
	for _, test := range []struct {
		in, want string // want empty for an error
	}{
		{"2016-11-11T20:59:31.631Z", "2016-11-11 20:59:31.631000"},
		{"2016-11-11T20:59:31+00:00", "2016-11-11 20:59:31"},
		{"2018-02-06 12:44:33.883886-06:00", "2018-02-06 12:44:33.883886-06:00"},
		{"2016-11-11 20:59:31.631000", "2016-11-11 20:59:31.631000"},
		{"2016-11-11T20:59", "2016-11-11 20:59:00"},
		{"2016-11-11", "2016-11-11 00:00:00"},
		{"2016-02-30", ""},
		{"yesterday", ""},
		{"", ""},
		{"2016-11-11T20:59:31." + strings.Repeat("0", 200) + "Z", ""},
	} {
		t.Run(test.in, func(t *testing.T) {
			got, err := clock.ParseTime(test.in, time.UTC)
			if test.want == "" {
				if err == nil {
					t.Fatalf("got %s, want an error", got)
				}
				return
			}
			if err != nil || got.String() != test.want {
				t.Errorf("got %s, error %v, want %s", got, err, test.want)
			}
		})
	}
}

func TestStrptime(t *testing.T) {
	for _, test := range []struct{ format, in, want, wantErr string }{
		{"%Y-%m-%d %H:%M:%S.%f", "2016-11-11 20:59:31.631000", "2016-11-11 20:59:31.631000", ""},
		{"%d %b %Y (%%)", "11 Nov 2016 (%)", "2016-11-11 00:00:00", ""},
		{"%Y 1", "", "", `format "%Y 1": cannot read the text "1"`},
		{"%f", "", "", `format "%f": %f is read only after %S and a dot, as in %S.%f`},
		{"%s", "", "", `format "%s": unknown letter %s`},
		{"%Y", "no year", "", `got "no year", want a time like "2006"`},
	} {
		t.Run(test.format, func(t *testing.T) {
			layout, err := clock.StrftimeLayout(test.format)
			var got clock.Time
			if err == nil {
				got, err = clock.ParseLayout(layout, test.in, time.UTC)
			}
			if test.wantErr != "" {
				if err == nil || err.Error() != test.wantErr {
					t.Fatalf("got error %v, want %q", err, test.wantErr)
				}
				return
			}
			if err != nil || got.String() != test.want {
				t.Errorf("got %s, error %v, want %s", got, err, test.want)
			}
		})
	}
}

func TestNow(t *testing.T) {
	thread := new(starlark.Thread)
	if _, err := clock.Now(thread); !errors.Is(err, clock.ErrNoClock) {
		t.Errorf("got error %v, want ErrNoClock", err)
	}
	clock.SetNow(thread, func() time.Time { return start.In(time.FixedZone("x", 7200)) })
	got, err := clock.Now(thread)
	if err != nil || got.String() != "2016-11-11 20:59:31.631000" {
		t.Errorf("got %s, error %v", got, err)
	}
}

func FuzzParseDuration(f *testing.F) {
	for _, seed := range []string{"30s", "1w2d12h", "-2 days, 0:00:00.250000", "0", "1e9s"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		d, err := clock.ParseDuration(text)
		if err != nil {
			return
		}
		again, err := clock.ParseDuration(d.String())
		if err != nil || again != d {
			t.Errorf("%q is %s, which reads as %s, error %v", text, d, again, err)
		}
	})
}

func FuzzParseTime(f *testing.F) {
	for _, seed := range []string{"2016-11-11T20:59:31.631Z", "2018-02-06 12:44:33.883886-06:00", "2016-11-11"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		parsed, err := clock.ParseTime(text, time.UTC)
		if err != nil {
			return
		}
		again, err := clock.ParseTime(parsed.String(), time.UTC)
		if err != nil || !time.Time(again).Equal(time.Time(parsed)) {
			t.Errorf("%q is %s, which reads as %s, error %v", text, parsed, again, err)
		}
	})
}
