package cbtime

import (
	"math"
	"time"
)

// FormatIndex writes t as the search index does: YYYY-MM-DDThh:mm:ss.ffffffZ, in UTC, always with six digits.
func FormatIndex(t time.Time) string { return t.UTC().Format("2006-01-02T15:04:05.000000Z") }

// FormatServer writes t as the servers take the times in their objects: YYYY-MM-DD hh:mm:ss.ffffff. The text has no zone
// and t is not converted: what is written is its clock reading, so that a time that came from the server with the server's
// zone goes back as it came.
func FormatServer(t time.Time) string { return t.Format("2006-01-02 15:04:05.000000") }

// FormatFilter writes t as the time filters of process queries: YYYY-MM-DDThh:mm:ssZ, in UTC.
func FormatFilter(t time.Time) string { return t.UTC().Format("2006-01-02T15:04:05Z") }

// FormatFlush writes t as servers newer than 6.0.0 take a sensor's flush time: Ddd, DD Mon YYYY hh:mm:ss GMT. t is
// converted to the GMT that the text claims, which the reference client does not do.
func FormatFlush(t time.Time) string { return t.UTC().Format("Mon, 02 Jan 2006 15:04:05 GMT") }

// FormatEvent writes an event's time as the reference client prints it: YYYY-MM-DD hh:mm:ss, then a point and six digits
// unless they are all zero.
func FormatEvent(t time.Time) string {
	if t.Nanosecond() < 1000 {
		return t.Format("2006-01-02 15:04:05")
	}
	return FormatServer(t)
}

// FromMillis is the time that many milliseconds after 1970-01-01T00:00:00Z, in UTC, to the microsecond. The second result is
// false for a number that is not a time of the years 1 to 9999.
func FromMillis(ms float64) (time.Time, bool) {
	const first, end = -62135596800000, 253402300800000 // the years 1 to 9999
	if math.IsNaN(ms) || ms < first || ms >= end {
		return time.Time{}, false
	}
	whole := math.Floor(ms)
	t := time.UnixMilli(int64(whole)).UTC()
	return t.Add(time.Duration(math.Round((ms-whole)*1000)) * time.Microsecond), true
}

// Millis is the number of milliseconds from 1970-01-01T00:00:00Z to t, to the microsecond.
func Millis(t time.Time) float64 {
	return float64(t.Unix())*1000 + float64(t.Nanosecond()/1000)/1000
}

// filetimeEpoch is 1601-01-01T00:00:00Z in seconds from 1970.
const filetimeEpoch = -11644473600

// FromFiletime is the time of a Windows FILETIME, which counts units of 100 ns from 1601-01-01T00:00:00Z, in UTC; digits below the
// microsecond are dropped. The second result is false for a time after the year 9999.
func FromFiletime(ticks uint64) (time.Time, bool) {
	t := time.Unix(filetimeEpoch+int64(ticks/1e7), int64(ticks%1e7/10)*1000).UTC()
	return t, t.Year() <= 9999
}

// Filetime is the Windows FILETIME of t. The second result is false for a time before 1601 or after 9999.
func Filetime(t time.Time) (ticks uint64, ok bool) {
	t = t.UTC()
	if t.Year() < 1601 || t.Year() > 9999 {
		return 0, false
	}
	return uint64(t.Unix()-filetimeEpoch)*1e7 + uint64(t.Nanosecond()/100), true
}
