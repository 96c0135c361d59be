package check_test

import (
	"context"
	"fmt"
	"testing/fstest"

	"github.com/cbscript/cbscript/runtime/check"
)

func ExampleScript() {
	src := `
SHA1_DROPPER = "3395856ce81f2b7382dee72602f798b642f14140"
API_TOKEN = "5b1f0a3c9e7d2b4c199a86b4f1d2c3e5a7d80e61"
`
	report, err := check.Script("hunt.star", []byte(src), check.Options{})
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, f := range report.Findings {
		fmt.Printf("line %d: %s: %s\n", f.Line, f.Rule, f.Excerpt)
	}
	fmt.Println("fit to be shared:", report.OK())
	// Output:
	// line 3: cb-response-token: 5b1f… (40 characters)
	// fit to be shared: false
}

func ExampleDir() {
	bundle := fstest.MapFS{
		"hunt.star":        {Data: []byte("for s in select(Sensor):\n    print(s.computer_name)\n")},
		"fixtures/a.json":  {Data: []byte(`{"host": "cb.customer.example"}`)},
		"fixtures/iocs.md": {Data: []byte("3395856ce81f2b7382dee72602f798b642f14140 dropper.exe\n")},
	}
	opts := check.Options{Known: []check.KnownValue{{Label: "host of profile default", Value: "cb.customer.example", Name: true}}}
	reports, err := check.Dir(context.Background(), bundle, ".", opts)
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, r := range reports {
		for _, f := range r.Findings {
			fmt.Printf("%s: %s: %s\n", f.File, f.Rule, f.Message)
		}
	}
	// Output:
	// fixtures/a.json: known-name: the host of profile default
}
