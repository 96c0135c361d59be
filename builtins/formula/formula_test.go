package formula_test

import (
	"testing"

	"github.com/cbscript/cbscript/builtins/formula"
)

func TestDefuse(t *testing.T) {
	for _, test := range []struct{ in, want string }{
		{"", ""},
		{"   ", "   "},
		{"cmd.exe", "cmd.exe"},
		{"=1+1", "'=1+1"},
		{"  =1+1", "'  =1+1"},
		{"+49 30 123", "'+49 30 123"},
		{"-5", "-5"},
		{"-5.25e3", "-5.25e3"},
		{"-inf", "'-inf"},
		{"-2+3+cmd|' /C calc'!A0", "'-2+3+cmd|' /C calc'!A0"},
		{"@SUM(A1)", "'@SUM(A1)"},
		{"\t=1", "'\t=1"},
		{"＝1", "'＝1"},
		{"a=1", "a=1"},
	} {
		if got := formula.Defuse(test.in); got != test.want {
			t.Errorf("Defuse(%q) is %q, want %q", test.in, got, test.want)
		}
	}
}
