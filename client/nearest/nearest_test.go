package nearest_test

import (
	"testing"

	"github.com/cbscript/cbscript/client/nearest"
)

func TestName(t *testing.T) {
	names := []string{"hostname", "group_id", "name", "made", "id", "is_isolating"}
	for word, want := range map[string]string{
		"hostnmae":    "hostname",
		"Hostname":    "hostname",
		"groupid":     "group_id",
		"nmae":        "name",
		"idx":         "id",
		"ip":          "id",
		"isolating":   "is_isolating",
		"temperature": "",
		"":            "",
	} {
		if got := nearest.Name(word, names); got != want {
			t.Errorf("%q: got %q, want %q", word, got, want)
		}
	}
}
