package jsondoc_test

import (
	"fmt"

	"github.com/cbscript/cbscript/client/jsondoc"
)

func ExampleParsePage() {
	body := []byte(`{
  "total_results": 2,
  "results": [
    {"hostname": "WIN-1", "process_pid": 3656, "cmdline": "net use \\\\test\\blah"},
    {"hostname": "WIN-2", "process_pid": 88}
  ]
}`)
	var shapes jsondoc.Shapes // one for each kind of document
	rows, rest, err := jsondoc.ParsePage(body, "results", &shapes)
	if err != nil {
		fmt.Println(err)
		return
	}
	total, _ := rest.Get("total_results")
	fmt.Println("total:", total.Any())
	for _, row := range rows {
		host, _ := row.Get("hostname")
		pid, _ := row.Get("process_pid")
		command, ok := row.Get("cmdline")
		fmt.Println(host.Text(), pid.Any(), ok, command.Any())
	}
	// Output:
	// total: 2
	// WIN-1 3656 true net use \\test\blah
	// WIN-2 88 false <nil>
}

func ExampleParseObject() {
	sensor, err := jsondoc.ParseObject([]byte(`{"id": 1, "clock_delta": "106", "notes": null}`), nil)
	if err != nil {
		fmt.Println(err)
		return
	}
	for name, value := range sensor.All() {
		fmt.Println(name, value.Kind(), value.Text())
	}
	// Output:
	// id number 1
	// clock_delta string 106
	// notes null null
}

func ExampleParseValue() {
	value, err := jsondoc.ParseValue([]byte(`["a", {"b": 2}]`))
	if err != nil {
		fmt.Println(err)
		return
	}
	for element := range value.Array().All() {
		fmt.Println(element.Kind(), element.Text())
	}
	_, err = jsondoc.ParseValue([]byte(`["a", ]`))
	fmt.Println(err)
	// Output:
	// string a
	// object {"b": 2}
	// invalid JSON at byte 6: expected a value, found ']'
}
