package cbtime_test

import (
	"errors"
	"fmt"
	"math"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/cbscript/cbscript/client/cbtime"
)

// reading is a time as its clock reading with zone, which time.Time's own == and Equal do not compare.
func reading(t time.Time) string { return t.Format(time.RFC3339Nano) }

func TestParse(t *testing.T) {
	tests := []struct{ in, want string }{
		{"2017-05-01T01:02:05.456Z", "2017-05-01T01:02:05.456Z"},
		{"2018-02-06 12:44:33.883886-06:00", "2018-02-06T12:44:33.883886-06:00"},
		{"2013-09-19 22:07:07.000000", "2013-09-19T22:07:07Z"},
		{"2018-02-06 18:40:06.467689", "2018-02-06T18:40:06.467689Z"},
		{"1970-01-01T00:00:00.000Z", "1970-01-01T00:00:00Z"},
		{"2016-04-12T09:21:00Z", "2016-04-12T09:21:00Z"},
		{" 2018-02-06 12:44:33 +0530\n", "2018-02-06T12:44:33+05:30"},
		{"2018-02-06T12:44:33+05", "2018-02-06T12:44:33+05:00"},
		{"2018-02-06 12:44 UTC", "2018-02-06T12:44:00Z"},
		{"2018-02-06t12:44:33,5z", "2018-02-06T12:44:33.5Z"},
		{"2018-02-06T12:44:33.1234567891Z", "2018-02-06T12:44:33.123456789Z"},
		{"20170501T010205Z", "2017-05-01T01:02:05Z"},
		{"20170501", "2017-05-01T00:00:00Z"},
		{"2017/05/01 01:02", "2017-05-01T01:02:00Z"},
		{"2016-02-29", "2016-02-29T00:00:00Z"},
		{"2018-02-06 12:44:33-00:00", "2018-02-06T12:44:33Z"},
		{"Tue, 06 Feb 2018 18:44:33 GMT", "2018-02-06T18:44:33Z"},
		{"Tue, 06 Feb 2018 18:44:33 -0600", "2018-02-06T18:44:33-06:00"},
		{"Mon Nov  7 16:54:00 2016", "2016-11-07T16:54:00Z"},
		{"Nov 7, 2016 4:54:00 PM", "2016-11-07T16:54:00Z"},
		{"7 November 2016", "2016-11-07T00:00:00Z"},
		{"2/6/2018 6:44:33 PM", "2018-02-06T18:44:33Z"},
		{" 2013-09-19 ", "2013-09-19T00:00:00Z"},
		{"02/06/2018 18:44", "2018-02-06T18:44:00Z"},
	}
	for _, test := range tests {
		t.Run(test.in, func(t *testing.T) {
			got, err := cbtime.Parse(test.in)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(test.want, reading(got)); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func TestParseErrors(t *testing.T) {
	const (
		form  = "want a date such as 2006-01-02T15:04:05Z"
		clock = "want a time of day such as 15:04:05 after the date"
		rest  = "want nothing, Z or an offset such as +01:00 after the time of day"
		day   = "the month does not have that day"
	)
	tests := []struct{ in, want string }{
		{"", form}, {"yesterday", form}, {"2018", form}, {"2018-2-6", form}, {"2018-02-06x", form}, {"2018-0206", form},
		{"2018-02/06", form}, {"2018-02-06T", clock}, {"2018-02-06 12", clock}, {"2018-02-06 12:44:3", clock},
		{"2018-02-06 12:44:33.", clock}, {"2018-02-06 12:44:33 x", rest}, {"2018-02-06 12:44:33 +1", rest},
		{"2018-02-06 12:44:33+24:00", rest}, {"2018-02-06 12:44:33+01:60", rest}, {"2018-02-06 12:44:33+01:00Z", rest},
		{"2018-02-06 12:44:33 PST", rest}, {"Tue, 06 Feb 2018 18:44:33 PST", form},
		{"2018-02-30", day}, {"2017-02-29", day}, {"2018-02-00", day}, {"2018-13-01", "the month is not 1 to 12"},
		{"0000-01-01", "the year is not 1 to 9999"}, {"2018-02-06 24:00:00", "the time of day is not 00:00:00 to 23:59:59"},
		{"2018-02-06 12:44:60", "the time of day is not 00:00:00 to 23:59:59"},
	}
	for _, test := range tests {
		t.Run(test.in, func(t *testing.T) {
			got, err := cbtime.Parse(test.in)
			if diff := cmp.Diff(error(&cbtime.ParseError{Text: test.in, Want: test.want}), err); diff != "" {
				t.Errorf("%v, error (-want +got):\n%s", got, diff)
			}
		})
	}
	_, err := cbtime.Parse(strings.Repeat("é", 100))
	want := `cannot read "` + strings.Repeat("é", 64) + `" as a time: ` + form
	if err == nil || err.Error() != want {
		t.Errorf("got error %v, want %s", err, want)
	}
}

func TestParseEvent(t *testing.T) {
	tests := []struct{ in, want string }{
		{"2013-09-19 22:07:07.000000", "2013-09-19T22:07:07Z"},
		{"2013-09-19 22:07:07.123", "2013-09-19T22:07:07.123Z"},
		{"2013-09-19 22:07:07.123-06:00", "2013-09-19T22:07:07.123Z"},
		{"2017-05-01T01:02:05.456Z", "2017-05-01T01:02:05.456Z"},
	}
	for _, test := range tests {
		got, err := cbtime.ParseEvent(test.in)
		if err != nil || reading(got) != test.want {
			t.Errorf("ParseEvent(%q) = %s, %v, want %s", test.in, reading(got), err, test.want)
		}
	}
	var refused *cbtime.ParseError
	if _, err := cbtime.ParseEvent("now"); !errors.As(err, &refused) {
		t.Errorf("got error %v, want a *ParseError", err)
	}
}

func TestParseIndex(t *testing.T) {
	tests := []struct {
		in   any
		want string
	}{
		{"2016-11-11T20:59:31.631Z", "2016-11-11T20:59:31.631Z"},
		{"2017-05-01T17:51:43.202710Z", "2017-05-01T17:51:43.20271Z"},
		{"2017-05-01T17:51:43.2Z", "2017-05-01T17:51:43.2Z"},
		{"2017-05-01T17:51:43Z", "2017-05-01T17:51:43Z"},
		{int64(-1), "1970-01-01T00:00:00Z"},
	}
	for _, test := range tests {
		got, err := cbtime.ParseIndex(test.in)
		if err != nil || reading(got) != test.want {
			t.Errorf("ParseIndex(%#v) = %s, %v, want %s", test.in, reading(got), err, test.want)
		}
	}
	for _, in := range []any{
		nil, true, int64(5), -1.0, "-1", "", "Z", "0", "2017-05-01 17:51:43Z", "2017-05-01T17:51:43", "2017-05-01T17:51:43.Z", "2017-05-01T17:51:43.1234567Z",
		"2017-05-01T17:51:43,123Z", "2017-05-01T17:51:43+00:00", "2017-05-01t17:51:43Z", "2017/05/01T17:51:43Z", "2017-02-29T17:51:43Z",
		"2017-05-01T175143.123Z", "2017-05-01T17:51:43.12 Z", " 2017-05-01T17:51:43Z", "2017-05-01T24:00:00Z",
	} {
		var refused *cbtime.ParseError
		if got, err := cbtime.ParseIndex(in); !errors.As(err, &refused) {
			t.Errorf("ParseIndex(%#v) = %v, %v, want a *ParseError", in, got, err)
		}
	}
}

func TestFormat(t *testing.T) {
	inUTC := time.Date(2018, 2, 6, 18, 44, 33, 883886999, time.UTC)
	there := inUTC.In(time.FixedZone("", -6*3600))
	whole := time.Date(2018, 2, 6, 18, 44, 33, 0, time.UTC)
	type forms struct{ Search, Server, Filter, Flush, Event string }
	tests := []struct {
		name string
		in   time.Time
		want forms
	}{
		{"UTC", inUTC, forms{"2018-02-06T18:44:33.883886Z", "2018-02-06 18:44:33.883886", "2018-02-06T18:44:33Z",
			"Tue, 06 Feb 2018 18:44:33 GMT", "2018-02-06 18:44:33.883886"}},
		{"zone", there, forms{"2018-02-06T18:44:33.883886Z", "2018-02-06 12:44:33.883886", "2018-02-06T18:44:33Z",
			"Tue, 06 Feb 2018 18:44:33 GMT", "2018-02-06 12:44:33.883886"}},
		{"whole second", whole, forms{"2018-02-06T18:44:33.000000Z", "2018-02-06 18:44:33.000000", "2018-02-06T18:44:33Z",
			"Tue, 06 Feb 2018 18:44:33 GMT", "2018-02-06 18:44:33"}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			got := forms{cbtime.FormatIndex(test.in), cbtime.FormatServer(test.in), cbtime.FormatFilter(test.in),
				cbtime.FormatFlush(test.in), cbtime.FormatEvent(test.in)}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func TestNumbers(t *testing.T) {
	moment := time.Date(2017, 5, 1, 17, 51, 43, 202710000, time.UTC)
	if got, ok := cbtime.FromFiletime(131381347032027104); !ok || !got.Equal(moment) {
		t.Errorf("FromFiletime = %v, %v, want %v", got, ok, moment)
	}
	if got, ok := cbtime.Filetime(moment); !ok || got != 131381347032027100 {
		t.Errorf("Filetime = %d, %v", got, ok)
	}
	if got, ok := cbtime.FromFiletime(0); !ok || reading(got) != "1601-01-01T00:00:00Z" {
		t.Errorf("FromFiletime(0) = %v, %v", got, ok)
	}
	for _, ticks := range []uint64{math.MaxUint64, 2650467744000000000} {
		if got, ok := cbtime.FromFiletime(ticks); ok {
			t.Errorf("FromFiletime(%d) = %v, want it refused", ticks, got)
		}
	}
	if got, ok := cbtime.Filetime(time.Date(1600, 12, 31, 23, 59, 59, 0, time.UTC)); ok {
		t.Errorf("Filetime of 1600 = %d, want it refused", got)
	}
	if got, ok := cbtime.FromMillis(1493661103202.71); !ok || !got.Equal(moment) {
		t.Errorf("FromMillis = %v, %v, want %v", got, ok, moment)
	}
	if got, ok := cbtime.FromMillis(-0.5); !ok || reading(got) != "1969-12-31T23:59:59.9995Z" {
		t.Errorf("FromMillis(-0.5) = %v, %v", got, ok)
	}
	if got := cbtime.Millis(moment); got != 1493661103202.71 {
		t.Errorf("Millis = %v", got)
	}
	for _, ms := range []float64{math.NaN(), math.Inf(1), math.Inf(-1), 253402300800000, -62135596800001} {
		if got, ok := cbtime.FromMillis(ms); ok {
			t.Errorf("FromMillis(%v) = %v, want it refused", ms, got)
		}
	}
	if got := cbtime.Epoch(); reading(got) != "1970-01-01T00:00:00Z" {
		t.Errorf("Epoch() = %v", got)
	}
}

func FuzzParse(f *testing.F) {
	for _, seed := range []string{
		"2018-02-06 12:44:33.883886-06:00", "2017-05-01T17:51:43.202710Z", "20170501T010205+01", "Tue, 06 Feb 2018 18:44:33 GMT",
		"2/6/2018 6:44:33 PM", "2018-02-06 12:44 UTC", "9999-12-31T23:59:59-23:59", "0001-01-01T00:00:00+23:59", "-1", "",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		var refused *cbtime.ParseError
		parsed, err := cbtime.Parse(text)
		if err != nil && !errors.As(err, &refused) {
			t.Fatalf("Parse(%q): %v, want a *ParseError", text, err)
		}
		if err == nil {
			if again, err := cbtime.Parse(reading(parsed)); err != nil || reading(again) != reading(parsed) {
				t.Errorf("%q reads %s, which reads %s, %v", text, reading(parsed), reading(again), err)
			}
			// What RFC 3339 takes must read the same here.
			if standard, err := time.Parse(time.RFC3339Nano, text); err == nil && !standard.Equal(parsed) {
				t.Errorf("%q reads %s, want %s", text, reading(parsed), reading(standard))
			}
		}
		search, err := cbtime.ParseIndex(text)
		if err == nil {
			if got := cbtime.FormatIndex(search); !strings.HasPrefix(got, strings.TrimSuffix(text, "Z")) {
				t.Errorf("ParseIndex(%q) is written %s", text, got)
			}
			if general, err := cbtime.Parse(text); err != nil || !general.Equal(search) {
				t.Errorf("ParseIndex(%q) = %v, Parse gives %v, %v", text, search, general, err)
			}
		}
	})
}

func ExampleParse() {
	checkin, err := cbtime.Parse("2018-02-06 12:44:33.883886-06:00")
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(cbtime.FormatServer(checkin))
	fmt.Println(cbtime.FormatIndex(checkin))
	// Output:
	// 2018-02-06 12:44:33.883886
	// 2018-02-06T18:44:33.883886Z
}

func BenchmarkParseEvent(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		if _, err := cbtime.ParseEvent("2013-09-19 22:07:07.000000"); err != nil {
			b.Fatal(err)
		}
	}
}
