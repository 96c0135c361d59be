package clock

import (
	"errors"
	"fmt"
	"math"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"time"
)

// MaxText bounds the text that this package reads as a time or a duration.
const MaxText = 128

var (
	units = compiled(`^([+-]?)(?:([0-9]{1,6})w)?(?:([0-9]{1,6})d)?([0-9.].*)?$`)
	words = compiled(`^([+-]?)(?:([0-9]{1,6}) days?, )?([0-9]{1,7}):([0-9]{2}):([0-9]{2})(\.[0-9]{1,9})?$`)
)

// compiled is a regular expression that is compiled when it is first used: a program starts without it.
func compiled(text string) func() *regexp.Regexp {
	return sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(text) })
}

// ParseDuration reads a duration: numbers with units as Go writes them and with d for days of 24 hours and w for
// weeks ("90s", "1h30m", "7d", "1w2d12h"), or the text that [Duration.String] gives ("1 day, 0:01:30").
func ParseDuration(text string) (Duration, error) {
	malformed := fmt.Errorf(`got %q, want a duration, such as "30s", "1h30m" or "7d"`, clip(text))
	if len(text) > MaxText {
		return 0, malformed
	}
	if m := words().FindStringSubmatch(text); m != nil {
		rest := fmt.Sprintf("%sh%sm%s%ss", m[3], m[4], m[5], m[6])
		return sum(m[1], "0", m[2], rest, malformed)
	}
	if m := units().FindStringSubmatch(text); m != nil && m[2]+m[3]+m[4] != "" {
		return sum(m[1], m[2], m[3], m[4], malformed)
	}
	return 0, malformed
}

// sum adds weeks, days and a duration in Go's form, each possibly empty.
func sum(sign, weeks, days, rest string, malformed error) (Duration, error) {
	total := time.Duration(0)
	if rest != "" {
		d, err := time.ParseDuration(rest)
		if err != nil {
			return 0, malformed
		}
		total = d
	}
	w, _ := strconv.Atoi("0" + weeks)
	d, _ := strconv.Atoi("0" + days)
	whole := 7*w + d
	if float64(whole)*24*float64(time.Hour)+float64(total) > math.MaxInt64/2 {
		return 0, errRange
	}
	total += time.Duration(whole) * 24 * time.Hour
	if sign == "-" {
		total = -total
	}
	return Duration(total), nil
}

// timeLayouts are the forms in which servers and scripts write a moment. Go reads a fraction of a second after
// the seconds of any of them.
var timeLayouts = []string{
	"2006-01-02T15:04:05Z07:00", "2006-01-02 15:04:05Z07:00",
	"2006-01-02T15:04:05", "2006-01-02 15:04:05",
	"2006-01-02T15:04", "2006-01-02 15:04",
	"2006-01-02",
}

// ParseTime reads a moment: RFC 3339 text, the same with a space, without zone (then in loc), without seconds, or a
// date alone. The zone written in the text is kept.
func ParseTime(text string, loc *time.Location) (Time, error) {
	if len(text) <= MaxText {
		for _, layout := range timeLayouts {
			if t, err := time.ParseInLocation(layout, text, loc); err == nil {
				return named(t), nil
			}
		}
	}
	return Time{}, fmt.Errorf(`got %q, want a time, such as "2016-11-11T20:59:31Z"`, clip(text))
}

// named makes a moment that was written with the offset zero one in UTC, which prints without a zone.
func named(t time.Time) Time {
	if _, offset := t.Zone(); offset == 0 && t.Location().String() == "" {
		t = t.UTC()
	}
	return Time(t)
}

// ParseLayout reads a moment by a layout of Go; text without a zone is in loc.
func ParseLayout(layout, text string, loc *time.Location) (Time, error) {
	t, err := time.ParseInLocation(layout, text, loc)
	if err != nil {
		var parse *time.ParseError
		if errors.As(err, &parse) {
			return Time{}, fmt.Errorf("got %q, want a time like %q", clip(text), clip(layout))
		}
		return Time{}, err
	}
	return named(t), nil
}

// clip shortens text for an error.
func clip(text string) string {
	if len(text) <= MaxText {
		return text
	}
	return strings.ToValidUTF8(text[:MaxText], "") + "..."
}
