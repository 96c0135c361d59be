package check_test

import (
	"testing"

	"github.com/cbscript/cbscript/runtime/check"
)

// TestNamesOfTheTestRunner holds that the tests of scripts see its modules, and scripts do not.
func TestNamesOfTheTestRunner(t *testing.T) {
	const source = "def test_it():\n    assert.eq(test.run(\"./it.star\").ok, True)\n"
	for name, want := range map[string]bool{"it_test.star": true, "it.star": false} {
		report, err := check.Script(name, []byte(source), check.Options{Surface: surface{}})
		if err != nil {
			t.Fatal(err)
		}
		if report.OK() != want {
			t.Errorf("%s: OK = %v, want %v: %v", name, report.OK(), want, report.Findings)
		}
	}
}
