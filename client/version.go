package client

import (
	"cmp"
	"strconv"
	"strings"
	"unicode"
)

// CompareVersions compares two server versions and gives -1, 0 or +1. A version is split into numbers and runs of
// letters, which are compared one by one; a version that is the beginning of the other is the smaller one, so 6.0 is
// smaller than 6.0.0. A number is smaller than letters at the same place.
//
// Source: contract/transport.md, section 6.
func CompareVersions(a, b string) int {
	as, bs := versionParts(a), versionParts(b)
	for i := range min(len(as), len(bs)) {
		if c := comparePart(as[i], bs[i]); c != 0 {
			return c
		}
	}
	return cmp.Compare(len(as), len(bs))
}

func versionParts(v string) []string {
	var parts []string
	class := func(r rune) int {
		switch {
		case unicode.IsDigit(r):
			return 1
		case unicode.IsLetter(r):
			return 2
		}
		return 0
	}
	start, last := 0, 0
	for i, r := range v {
		if c := class(r); c != last {
			if last != 0 {
				parts = append(parts, v[start:i])
			}
			start, last = i, c
		}
	}
	if last != 0 {
		parts = append(parts, v[start:])
	}
	return parts
}

func comparePart(a, b string) int {
	x, errA := strconv.Atoi(a)
	y, errB := strconv.Atoi(b)
	switch {
	case errA == nil && errB == nil:
		return cmp.Compare(x, y)
	case errA == nil:
		return -1
	case errB == nil:
		return 1
	}
	return strings.Compare(a, b)
}
