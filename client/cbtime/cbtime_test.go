package cbtime_test

import (
	"testing"
	"time"

	"github.com/cbscript/cbscript/client/cbtime"
)

func TestParse(t *testing.T) {
	for text, want := range map[string]string{
		"2018-02-06 12:44:33.883886-06:00": "2018-02-06T12:44:33.883886-06:00",
		"2016-04-12T09:21:00Z":             "2016-04-12T09:21:00Z",
		"2017-02-01T03:52:34.137Z":         "2017-02-01T03:52:34.137Z",
		"2013-09-19 22:07:07.000000":       "2013-09-19T22:07:07Z",
		"2013-09-19 22:07:07.123":          "2013-09-19T22:07:07.123Z",
		" 2013-09-19 ":                     "2013-09-19T00:00:00Z",
		"Tue, 06 Feb 2018 12:44:33 GMT":    "2018-02-06T12:44:33Z",
		"yesterday":                        "",
		"":                                 "",
		"2018-13-01T00:00:00Z":             "",
	} {
		got, err := cbtime.Parse(text)
		if shown := got.Format(time.RFC3339Nano); (err == nil) != (want != "") || err == nil && shown != want {
			t.Errorf("Parse(%q) = %s, %v; want %q", text, shown, err, want)
		}
	}
}

func TestParseEventDropsTheZone(t *testing.T) {
	got, err := cbtime.ParseEvent("2018-02-06 12:44:33.883886-06:00")
	if want := time.Date(2018, 2, 6, 12, 44, 33, 883886000, time.UTC); err != nil || !got.Equal(want) {
		t.Errorf("got %v, %v; want %v", got, err, want)
	}
}

func TestParseIndex(t *testing.T) {
	for _, c := range []struct {
		raw  any
		want string
	}{
		{"2016-11-11T20:59:31.631Z", "2016-11-11T20:59:31.631Z"},
		{"2016-11-11T20:59:31Z", "2016-11-11T20:59:31Z"},
		{int64(-1), "1970-01-01T00:00:00Z"},
		{"2016-11-11 20:59:31Z", ""},
		{"2016-11-11T20:59:31.1234567Z", ""},
		{"2016-11-11T20:59:31+01:00", ""},
		{int64(5), ""},
		{nil, ""},
	} {
		got, err := cbtime.ParseIndex(c.raw)
		if shown := got.Format(time.RFC3339Nano); (err == nil) != (c.want != "") || err == nil && shown != c.want {
			t.Errorf("ParseIndex(%v) = %s, %v; want %q", c.raw, shown, err, c.want)
		}
	}
}

func TestFormat(t *testing.T) {
	at := time.Date(2016, 11, 11, 20, 59, 31, 631000000, time.FixedZone("", -6*3600))
	for want, got := range map[string]string{
		"2016-11-11T20:59:31.631000Z":   cbtime.FormatIndex(at),
		"2016-11-11 20:59:31.631000":    cbtime.FormatServer(at),
		"Fri, 11 Nov 2016 20:59:31 GMT": cbtime.FormatFlush(at),
		"2016-11-12T02:59:31Z":          cbtime.FormatFilter(at),
	} {
		if got != want {
			t.Errorf("got %s, want %s", got, want)
		}
	}
}

func FuzzParse(f *testing.F) {
	f.Add("2018-02-06 12:44:33.883886-06:00")
	f.Add("2016-04-12T09:21:00Z")
	f.Fuzz(func(t *testing.T, text string) {
		at, err := cbtime.ParseEvent(text)
		if err == nil && at.Location() != time.UTC {
			t.Errorf("ParseEvent(%q) is not in UTC", text)
		}
		if _, err := cbtime.ParseIndex(text); err == nil {
			if _, err := cbtime.Parse(text); err != nil {
				t.Errorf("ParseIndex takes %q, Parse does not: %v", text, err)
			}
		}
	})
}
