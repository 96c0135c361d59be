package check_test

import (
	"slices"
	"testing"

	"github.com/cbscript/cbscript/runtime/check"
)

// TestConditionsPutTogether: text and data in a condition are warned about, unless the data can only be whole numbers.
func TestConditionsPutTogether(t *testing.T) {
	for script, want := range map[string]bool{
		`select(Process).where("hostname:" + param("host"))`:               true,
		`select(Process).where("hostname:%s" % param("host"))`:             true,
		`select(Process).where("hostname:{}".format(param("host")))`:       true,
		`select(Process).where("netconn_count:[%d TO *]" % param("n", 1))`: false,
		`select(Process).where("a:%d b:%s" % (1, param("host")))`:          true,
		`select(Process).where("cmdline:100%% " + "x")`:                    false,
		`select(Process).where(hostname = param("host"))`:                  false,
	} {
		report, err := check.Script("hunt.star", []byte(script+"\n"), check.Options{})
		if err != nil {
			t.Fatal(err)
		}
		got := slices.ContainsFunc(report.Findings, func(f check.Finding) bool { return f.Rule == "query-concat" })
		if got != want {
			t.Errorf("%s: warned %v, want %v", script, got, want)
		}
	}
}
