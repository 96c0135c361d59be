package events_test

import (
	"errors"
	"fmt"

	"github.com/cbscript/cbscript/client/jsondoc"
	"github.com/cbscript/cbscript/client/response/events"
)

func ExampleDecode() {
	answer := []byte(`{"process": {"id": "00000001-0000-0e48-01d2-c2a397f4cfe0", "filemod_complete": [
		"8|2013-09-16 07:11:58.000000|c:\\a|d41d8cd98f00b204e9800998ecf8427e|1|true", "8|soon|c:\\b||"]}, "elapsed": 0.02}`)
	body, err := jsondoc.ParseObject(answer, nil)
	if err != nil {
		fmt.Println(err)
		return
	}
	member, _ := body.Get("process")
	process, _ := member.Doc(nil)
	lists, err := events.Decode(process, events.ForServer(6, 2))
	if err != nil {
		fmt.Println(err)
		return
	}
	filemods, err := lists.Filemods()
	for _, e := range filemods {
		fmt.Println(events.Text(e))
	}
	var incomplete *events.IncompleteError
	if errors.As(err, &incomplete) {
		fmt.Println(incomplete.Failed, "not read:", incomplete.Reported[0].Text)
	}
	// Output:
	// Cb File Modification event:
	// timestamp            : 2013-09-16 07:11:58
	// type                 : LastWrote
	// path                 : c:\a
	// filetype             : PE
	// md5                  : d41d8cd98f00b204e9800998ecf8427e
	// 1 not read: 8|soon|c:\b||
}

func ExampleAccess_HasPermission() {
	access := events.Access(0x1410)
	write, err := access.HasPermission("PROCESS_VM_WRITE")
	fmt.Println(access)
	fmt.Println(write, err)
	// Output:
	// PROCESS_VM_READ | PROCESS_QUERY_INFORMATION | PROCESS_QUERY_LIMITED_INFORMATION
	// false <nil>
}
