package report_test

import (
	"fmt"
	"os"

	"github.com/cbscript/cbscript/runtime/check"
	"github.com/cbscript/cbscript/runtime/check/report"
)

func ExampleText() {
	r, err := check.Script("hunt.star", []byte("token = \"5b1f0a3c9e7d2b4c199a86b4f1d2c3e5a7d80e61\"\n"), check.Options{})
	if err != nil {
		fmt.Println(err)
		return
	}
	if err := report.Text(os.Stdout, []check.Report{r}); err != nil {
		fmt.Println(err)
	}
	// Output:
	// hunt.star:1:9: error: 40 hex digits, the form of a Cb Response API token, where a credential is expected, named token [cb-response-token]
	//     5b1f… (40 characters)
	//     Remove it, revoke it at its server, and put the new one into a credential profile: the host adds it to requests, the script never needs it.
	// 1 file checked: 1 error, 0 warnings
}
