// Package nearest finds the name that a misspelt one was meant to be.
package nearest

import (
	"strings"
	"unicode"
)

// Name returns the candidate that is at most two typing errors away from name, or an empty string. An error is a
// letter too many, missing or wrong, or two letters exchanged; case and underscores do not count. A short name must be
// nearer: one error for three letters or fewer.
func Name(name string, candidates []string) string {
	name = fold(name)
	allowed := 2
	if len(name) <= 3 {
		allowed = 1
	}
	if name == "" {
		return ""
	}
	best, distance := "", allowed+1
	for _, c := range candidates {
		if d := edits(name, fold(c), distance); d < distance || d == distance && d <= allowed && c < best {
			best, distance = c, d
		}
	}
	return best
}

func fold(s string) string {
	return strings.Map(func(r rune) rune {
		if r == '_' {
			return -1
		}
		return unicode.ToLower(r)
	}, s)
}

// edits returns the number of single-letter changes and exchanges of neighbours that turn a into b, or some number above
// limit when there are more.
func edits(a, b string, limit int) int {
	if d := len(a) - len(b); d > limit || -d > limit {
		return limit + 1
	}
	before, last, row := make([]int, len(b)+1), make([]int, len(b)+1), make([]int, len(b)+1)
	for j := range last {
		last[j] = j
	}
	for i := 1; i <= len(a); i++ {
		row[0] = i
		for j := 1; j <= len(b); j++ {
			cost := 1
			if a[i-1] == b[j-1] {
				cost = 0
			}
			row[j] = min(last[j]+1, row[j-1]+1, last[j-1]+cost)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				row[j] = min(row[j], before[j-2]+1)
			}
		}
		before, last, row = last, row, before
	}
	return last[len(b)]
}
