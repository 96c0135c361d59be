package plain

import "testing"

func TestVisible(t *testing.T) {
	for _, c := range []struct{ in, want string }{
		{"", ""},
		{"plain text, déjà vu", "plain text, déjà vu"},
		{"red \x1b[31m", `red \x1b[31m`},
		{"a\nb\tc\x00", `a\nb\tc\x00`},
		{"bad \xff byte", `bad � byte`},
		{"right\u202eto left", `right\u202eto left`},
	} {
		if got := Visible(c.in); got != c.want {
			t.Errorf("Visible(%q) = %q, want %q", c.in, got, c.want)
		}
	}
}
