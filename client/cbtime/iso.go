package cbtime

import (
	"strings"
	"time"
)

// parseISO reads the ISO 8601 forms. bad is empty, or says what is wrong.
func parseISO(text string) (t time.Time, bad string) {
	const form = "want a date such as 2006-01-02T15:04:05Z"
	s := scanner{text: text}
	date, ok := s.date(0)
	if !ok {
		return t, form
	}
	var clock clock
	location := time.UTC
	if s.rest() != "" {
		if !s.skip('T') && !s.skip('t') && !s.skip(' ') {
			return t, form
		}
		s.spaces()
		if clock, ok = s.clock(); !ok {
			return t, "want a time of day such as 15:04:05 after the date"
		}
		s.spaces()
		if location, ok = s.zone(); !ok {
			return t, "want nothing, Z or an offset such as +01:00 after the time of day"
		}
	}
	if bad := date.check(clock); bad != "" {
		return t, bad
	}
	return date.at(clock, location), ""
}

type date struct{ year, month, day int }

type clock struct{ hour, minute, second, nanosecond int }

// check says what is out of range, or nothing.
func (d date) check(c clock) string {
	switch {
	case d.year < 1:
		return "the year is not 1 to 9999"
	case d.month < 1 || d.month > 12:
		return "the month is not 1 to 12"
	case d.day < 1 || time.Date(d.year, time.Month(d.month), d.day, 0, 0, 0, 0, time.UTC).Day() != d.day:
		return "the month does not have that day"
	case c.hour > 23 || c.minute > 59 || c.second > 59:
		return "the time of day is not 00:00:00 to 23:59:59"
	}
	return ""
}

func (d date) at(c clock, l *time.Location) time.Time {
	return time.Date(d.year, time.Month(d.month), d.day, c.hour, c.minute, c.second, c.nanosecond, l)
}

// scanner reads a text from the left.
type scanner struct {
	text      string
	at        int
	compact   bool // the time of day was written without colons
	noSeconds bool // it had no seconds
}

func (s *scanner) rest() string { return s.text[s.at:] }

func (s *scanner) skip(c byte) bool {
	if s.at < len(s.text) && s.text[s.at] == c {
		s.at++
		return true
	}
	return false
}

func (s *scanner) spaces() {
	for s.skip(' ') {
	}
}

// number reads exactly n digits.
func (s *scanner) number(n int) (value int, ok bool) {
	if len(s.text)-s.at < n {
		return 0, false
	}
	for _, c := range []byte(s.text[s.at : s.at+n]) {
		if c < '0' || c > '9' {
			return 0, false
		}
		value = 10*value + int(c-'0')
	}
	s.at += n
	return value, true
}

// date reads YYYY-MM-DD with the given separator; 0 stands for a hyphen, a slash or none.
func (s *scanner) date(separator byte) (d date, ok bool) {
	if d.year, ok = s.number(4); !ok {
		return d, false
	}
	some := separator
	if separator == 0 && s.at < len(s.text) && (s.text[s.at] == '-' || s.text[s.at] == '/') {
		some = s.text[s.at]
	}
	if some != 0 && !s.skip(some) {
		return d, false
	}
	if d.month, ok = s.number(2); !ok {
		return d, false
	}
	if some != 0 && !s.skip(some) {
		return d, false
	}
	d.day, ok = s.number(2)
	return d, ok
}

// clock reads hh:mm, hh:mm:ss or hhmmss, the latter two with or without a fraction. Digits behind the ninth are dropped.
func (s *scanner) clock() (c clock, ok bool) {
	if c.hour, ok = s.number(2); !ok {
		return c, false
	}
	s.compact = !s.skip(':')
	if c.minute, ok = s.number(2); !ok {
		return c, false
	}
	if s.compact {
		if c.second, ok = s.number(2); !ok {
			s.noSeconds = true
			return c, true
		}
	} else if !s.skip(':') {
		s.noSeconds = true
		return c, true
	} else if c.second, ok = s.number(2); !ok {
		return c, false
	}
	if s.skip('.') || s.skip(',') {
		return c, s.fraction(&c)
	}
	return c, true
}

func (s *scanner) fraction(c *clock) bool {
	start := s.at
	for scale := 100_000_000; ; scale /= 10 {
		digit, ok := s.number(1)
		if !ok {
			return s.at > start
		}
		c.nanosecond += digit * scale
	}
}

// zone reads what remains: nothing, Z, UTC, GMT, or an offset of less than a day.
func (s *scanner) zone() (*time.Location, bool) {
	switch strings.ToUpper(s.rest()) {
	case "", "Z", "UTC", "GMT":
		return time.UTC, true
	}
	sign := 1
	if s.skip('-') {
		sign = -1
	} else if !s.skip('+') {
		return nil, false
	}
	hours, ok := s.number(2)
	minutes := 0
	if ok && s.rest() != "" {
		s.skip(':')
		minutes, ok = s.number(2)
	}
	if !ok || s.rest() != "" || hours > 23 || minutes > 59 {
		return nil, false
	}
	return zone(sign * (hours*3600 + minutes*60)), true
}
