package gate

import (
	"net/http"
	"testing"
	"time"
)

func TestRetryAfter(t *testing.T) {
	now := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	const noon, later, earlier = "Sun, 01 Mar 2026 12:00:00 GMT", "Sun, 01 Mar 2026 12:01:30 GMT", "Sun, 01 Mar 2026 11:00:00 GMT"
	cases := []struct {
		value, date string
		want        time.Duration
		ok          bool
	}{
		{"", "", 0, false},
		{"0", "", 0, true},
		{" 120 ", "", 2 * time.Minute, true},
		{"007", "", 7 * time.Second, true},
		{"86400", "", 24 * time.Hour, true},
		{"86401", "", 24 * time.Hour, true},
		{"99999999999999999999999999", "", 24 * time.Hour, true},
		{"-1", "", 0, false},
		{"1.5", "", 0, false},
		{"soon", "", 0, false},
		{later, "", 90 * time.Second, true},
		{later, noon, 90 * time.Second, true},
		{later, later, 0, true},
		{later, earlier, 61*time.Minute + 30*time.Second, true},
		{earlier, "", 0, true},
		{later, "nonsense", 90 * time.Second, true},
		{"Sunday, 01-Mar-26 12:01:30 GMT", "", 90 * time.Second, true},
		{"Fri, 31 Dec 9999 23:59:59 GMT", "", 24 * time.Hour, true},
	}
	for _, c := range cases {
		h := http.Header{}
		h.Set("Retry-After", c.value)
		if c.date != "" {
			h.Set("Date", c.date)
		}
		if got, ok := retryAfter(h, now); got != c.want || ok != c.ok {
			t.Errorf("%q at %q: got %v, %v, want %v, %v", c.value, c.date, got, ok, c.want, c.ok)
		}
	}
}

// FuzzRetryAfter holds that no text makes a wait that is negative or longer than a day.
func FuzzRetryAfter(f *testing.F) {
	for _, seed := range []string{"", "0", "120", "-5", "1e9", "99999999999999999999", "Sun, 01 Mar 2026 12:01:30 GMT", "Fri, 31 Dec 9999 23:59:59 GMT"} {
		f.Add(seed, "Sun, 01 Mar 2026 12:00:00 GMT")
	}
	now := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	f.Fuzz(func(t *testing.T, value, date string) {
		h := http.Header{"Retry-After": {value}, "Date": {date}}
		got, ok := retryAfter(h, now)
		if got < 0 || got > longestPause || !ok && got != 0 {
			t.Fatalf("%q at %q: got %v, %v", value, date, got, ok)
		}
	})
}
