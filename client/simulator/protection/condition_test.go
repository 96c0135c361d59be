package protection

import (
	"strings"
	"testing"
	"time"
)

func TestLike(t *testing.T) {
	for _, c := range []struct {
		text, pattern string
		want          bool
	}{
		{"", "", true}, {"", "*", true}, {"a", "", false}, {"abc", "abc", true}, {"abc", "ab", false}, {"abc", "a*", true}, {"abc", "*c", true},
		{"abc", "*b*", true}, {"abc", "a?c", true}, {"abc", "a?", false}, {"abc", "*?", true}, {"", "?", false}, {"aXbXc", "a*X?", true}, {"abc", "*d*", false},
		{"a*c", "a*c", true}, {strings.Repeat("a", 5000), strings.Repeat("*a", 2000) + "b", false},
	} {
		if got := like(c.text, c.pattern); got != c.want {
			t.Errorf("like(%q, %q) = %v", c.text, c.pattern, got)
		}
	}
}

// FuzzCondition: whatever a client asks for, reading it ends, and a condition and its opposite never both hold.
func FuzzCondition(f *testing.F) {
	for _, seed := range []string{"name:a*", "name!b|c", "n<5", "n>-10h", "flag+3", "flag-3", "when>-3d", ":x", "name", "name:***?*"} {
		f.Add(seed)
	}
	table := newTable(model{name: "test"})
	row := doc{"id": 1, "name": "Ab", "n": 7, "flag": 5, "when": time.Unix(1478899800, 0), "none": nil, "yes": true, "part": 1.5}
	table.put(row)
	table.learn()
	f.Fuzz(func(t *testing.T, text string) {
		c, err := parseCondition(text, table, time.Unix(1478899800, 0))
		if err != nil {
			return
		}
		held := c.match(row)
		for op, opposite := range map[byte]byte{':': '!', '!': ':', '+': '-'} {
			if c.op != op {
				continue
			}
			other := c
			other.op = opposite
			if op == '+' {
				if held && other.match(row) && len(c.values) == 1 && c.values[0] != "0" && strings.Trim(c.values[0], "+-0") != "" {
					t.Errorf("%q holds, and so does its opposite", text)
				}
			} else if held == other.match(row) {
				t.Errorf("%q and its opposite are both %v", text, held)
			}
		}
	})
}
