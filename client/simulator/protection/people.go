package protection

import "fmt"

// people makes the users of the console, their groups, and what they may do.
func (t *teller) people() {
	for i, g := range []struct{ name, text, permissions string }{
		{"Administrators", "may do everything", "FFFFFFFFFFFFFFFF"},
		{"PowerUsers", "may change rules", "00000000FFFFFFFF"},
		{"ReadOnly", "may look", "000000000000FFFF"},
	} {
		t.add("userGroup", blankGroup().with(doc{"name": g.name, "description": g.text, "permissions": g.permissions, "editable": i > 0, "manualCount": 1, "dateCreated": at(1, 7, 0), "dateModified": at(1, 7, 0)}))
	}
	for i, u := range []struct{ name, first, last, groups string }{
		{"admin", "", "", "1"},
		{"jcole", "Jordan", "Cole", "1"},
		{"rbanks", "Robin", "Banks", "2"},
		{"auditor", "Ada", "Sor", "3"},
	} {
		id := t.add("user", blankUser().with(doc{
			"name": u.name, "firstName": u.first, "lastName": u.last, "userGroupIds": u.groups, "eMailAddress": u.name + "@brightwater.example", "readOnly": i == 0,
			"registrationDate": at(1, 7, i), "passwordHash": fmt.Sprintf("made-up-hash-%d", i), "passwordSalt": fmt.Sprintf("made-up-salt-%d", i),
			"apiToken": fmt.Sprintf("00000000-DEMO-4000-8000-%012d", i),
		}))
		for policy := 1; policy <= policyQuarantine; policy++ {
			t.add("grantedUserPolicyPermission", doc{"userId": id, "policyId": policy, "permissions": map[string]string{"1": "FFFF", "2": "0FFF", "3": "000F"}[u.groups]})
		}
	}
}

func blankUser() doc {
	d := doc{"name": nil, "userGroupIds": "", "registrationDate": nil, "readOnly": false, "external": false, "automatic": false, "unified": false, "enabled": true,
		"passwordHash": nil, "passwordSalt": nil, "apiToken": nil}
	for _, name := range []string{"eMailAddress", "firstName", "lastName", "title", "salutation", "department", "homePhone", "cellPhone", "backupCellPhone", "pager", "backupPager", "comments", "adminComments"} {
		d[name] = ""
	}
	return d
}

func blankGroup() doc {
	return doc{"name": nil, "description": "", "permissions": "0", "policyIds": "", "enabled": true, "editable": true, "dateCreated": nil, "createdByUserId": 1, "createdBy": "admin",
		"dateModified": nil, "modifiedByUserId": 1, "modifiedBy": "admin", "automaticCount": 0, "manualCount": 0}
}
