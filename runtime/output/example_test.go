package output_test

import (
	"fmt"
	"os"

	"github.com/cbscript/cbscript/runtime/output"
)

func ExampleNewRows() {
	rows, err := output.NewRows("table", os.Stdout, output.Options{})
	if err != nil {
		fmt.Println(err)
		return
	}
	rows.Write(output.Row{{"host", "ws-12"}, {"count", int64(3)}})
	rows.Write(output.Row{{"host", "srv-1"}, {"count", int64(120)}})
	rows.Close()
	// Output:
	// host   count
	// ws-12      3
	// srv-1    120
}
