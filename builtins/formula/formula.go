// Package formula keeps text that came from endpoints from running as a formula when a CSV file is opened in a
// spreadsheet.
package formula

import (
	"strconv"
	"strings"
)

// Defuse returns s as a CSV cell may hold it: text that a spreadsheet would take for a formula gets a single quote in
// front, which makes it text. A decimal number stays as it is, whatever its sign.
func Defuse(s string) string {
	start := strings.TrimLeft(s, " ")
	if start == "" || number(s) {
		return s
	}
	// The wide forms are what spreadsheets of East Asian locales take for the narrow ones.
	for _, opening := range []string{"=", "+", "-", "@", "\t", "\r", "\n", "|", "＝", "＋", "－", "＠"} {
		if strings.HasPrefix(start, opening) {
			return "'" + s
		}
	}
	return s
}

// number reports whether s is a decimal number. ParseFloat alone would also take words such as "-inf".
func number(s string) bool {
	if strings.Trim(s, "+-.0123456789eE") != "" {
		return false
	}
	_, err := strconv.ParseFloat(s, 64)
	return err == nil
}
