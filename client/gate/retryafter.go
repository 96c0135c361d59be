package gate

import (
	"net/http"
	"strconv"
	"strings"
	"time"
)

// longestPause bounds what a server can ask for, so that a senseless number does not close it for ever.
const longestPause = 24 * time.Hour

// retryAfter reads how long an answer asks to wait, and whether it does. A date is taken against the answer's own
// Date, when it has one, since this machine's clock may be wrong; a date that has passed means no wait.
func retryAfter(header http.Header, now time.Time) (time.Duration, bool) {
	text := strings.TrimSpace(header.Get("Retry-After"))
	if text == "" {
		return 0, false
	}
	if isDigits(text) {
		seconds, err := strconv.ParseInt(text, 10, 64)
		if err != nil || seconds > int64(longestPause/time.Second) {
			return longestPause, true
		}
		return time.Duration(seconds) * time.Second, true
	}
	at, err := http.ParseTime(text)
	if err != nil {
		return 0, false
	}
	if sent, err := http.ParseTime(header.Get("Date")); err == nil {
		now = sent
	}
	return min(max(at.Sub(now), 0), longestPause), true
}

func isDigits(text string) bool {
	return strings.Trim(text, "0123456789") == ""
}
