package jsondoc_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"
)

// searchPage is a page of process search results as a server prints it: n documents with 61 members, some 3 KB each.
func searchPage(n int) []byte {
	var rows []string
	for i := range n {
		rows = append(rows, searchRow(i, -1))
	}
	return page(rows)
}

// patchyPage is like searchPage, but each document lacks one member.
func patchyPage(n int) []byte {
	var rows []string
	for i := range n {
		rows = append(rows, searchRow(i, i*7%61))
	}
	return page(rows)
}

func page(rows []string) []byte {
	text := fmt.Sprintf(`{"terms": ["process_name:cmd.exe"], "results": [%s], "facets": {}, "total_results": 34884, "start": 0,
		"elapsed": 0.0269, "incomplete_results": false, "comprehensive_search": true}`, strings.Join(rows, ","))
	var out bytes.Buffer
	if err := json.Indent(&out, []byte(text), "", "  "); err != nil {
		panic(err)
	}
	return out.Bytes()
}

// searchRow is the i-th document, without the member at position lacking.
func searchRow(i, lacking int) string {
	id := fmt.Sprintf("%08x-0000-%04x-01d2-c2a397f4%04x", i%50+1, 1000+i, i)
	var members []string
	add := func(name string, value any) {
		text, err := json.Marshal(value)
		if err != nil {
			panic(err)
		}
		if len(members) == lacking {
			lacking = -1
			return
		}
		members = append(members, fmt.Sprintf("%q: %s", name, text))
	}
	add("process_md5", fmt.Sprintf("%032x", i*7919))
	add("sensor_id", i%50+1)
	add("filtering_known_dlls", true)
	add("modload_count", i*3)
	add("parent_unique_id", id+"-00000001")
	add("emet_count", 0)
	add("alliance_score_srstrust", -100)
	add("cmdline", fmt.Sprintf(`"C:\Windows\System32\cmd.exe" /c "echo %d > \\fileserver\test\blah & net use"`, i))
	add("filemod_count", i)
	add("id", id)
	add("parent_name", "services.exe")
	add("parent_md5", "000000000000000000000000000000")
	add("group", "Default Group")
	add("parent_id", id)
	add("hostname", fmt.Sprintf("WIN-ENDPOINT-%03d", i%50))
	add("last_update", "2017-05-01T17:51:43.202Z")
	add("start", "2017-05-01T17:51:43.202Z")
	add("comms_ip", -1062731519)
	add("regmod_count", 12)
	add("interface_ip", 167772161)
	add("process_pid", 1000+i)
	add("username", `NT AUTHORITY\SYSTEM`)
	add("terminated", i%2 == 0)
	add("process_name", "cmd.exe")
	add("emet_config", "")
	add("last_server_update", "2017-05-01T17:55:12.009Z")
	add("path", `c:\windows\system32\cmd.exe`)
	add("netconn_count", 4)
	add("parent_pid", 580)
	add("crossproc_count", 1)
	add("segment_id", 1493661103202+i)
	add("host_type", "workstation")
	add("processblock_count", 0)
	add("os_type", "windows")
	add("childproc_count", 2)
	add("unique_id", id+"-015bc4a1e3c2")
	add("alliance_updated_srstrust", "2016-12-01T10:00:00Z")
	add("alliance_data_srstrust", []string{"c7f5cae0b450be875eee0e6ddfa771fe"})
	add("alliance_link_srstrust", "https://services.bit9.com/Services/extinfo.aspx?ak=b8b4e631d4884ad1c56f50e4a5ee9279")
	add("watchlists", []map[string]any{{"wid": "7", "value": "2017-05-01T18:00:03.215Z"}})
	for n := range 21 {
		add(fmt.Sprintf("extra_field_%02d", n), fmt.Sprintf("value %d of document %d, with some text in it", n, i))
	}
	return "{" + strings.Join(members, ", ") + "}"
}
