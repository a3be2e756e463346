Feature: How promises are measured, in words that hold

  Scenario: Rules are evaluated often enough
    Given I have rules defined
    When it has groups
    Then it must have groups
    And it must have interval
    And its value must match the "^(15s|30s|1m)$" regex

  Scenario: The shop's rules measure against the new promise
    Given I have rules defined
    When its name metadata is sla.acme-shop
    Then it must have groups
    And it must have rules
    And it must have expr
    And any of its values must match the "(?s).*99\.95%.*" regex

  Scenario: What the customer's promise needs is there
    Given I have any resource defined
    When its needed_by metadata contains sla.acme-shop
    Then it must have groups

  Scenario: Where the rules are written is no place of somebody else
    Given I have rules_dir variable configured
    Then its value must match the "^rules$" regex
